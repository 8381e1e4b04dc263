/** How light a computed colour is, 0 to 1: "rgb(255, 255, 255)" is 1. Null for another form. */
export function lightness(colour: string): number | null {
  const found = /^rgba?\((\d+), (\d+), (\d+)/.exec(colour);
  if (!found) return null;
  const [r, g, b] = found.slice(1).map((part) => Number(part) / 255) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * Calls back with whether the page around this frame is dark, now and when that changes: notebooks have themes of their own, which
 * no media query tells of. Told by the colour of the text that the frame stands in. Does nothing in a page that isn't to be read:
 * of another origin, or none at all.
 */
export function followGround(tell: (dark: boolean) => void): void {
  const around = window.frameElement?.parentElement;
  if (!around) return;
  let last: boolean | null = null;
  const look = (): void => {
    const light = lightness(getComputedStyle(around).color);
    if (light === null || light > 0.5 === last) return;
    last = light > 0.5;
    tell(last);
  };
  look();
  const later = () => void requestAnimationFrame(look);
  const observer = new MutationObserver(later);
  const { documentElement: html, body, head } = around.ownerDocument;
  for (const each of [html, body]) observer.observe(each, { attributes: true });
  observer.observe(head, { childList: true, subtree: true });
  head.addEventListener("load", later, true); // of a style sheet that was added
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", later);
}
