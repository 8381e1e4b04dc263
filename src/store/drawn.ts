const hidden = 250;

/** Waits until what the state says has been drawn, two frames on; on a hidden page, which draws none, for a while. */
export async function drawn(): Promise<void> {
  const { requestAnimationFrame: frame } = globalThis;
  if (!frame) return; // outside of a browser nothing is drawn
  await new Promise<void>((done) => {
    setTimeout(done, hidden);
    frame(() => frame(() => done()));
  });
}
