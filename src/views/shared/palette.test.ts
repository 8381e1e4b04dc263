import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  attentionColour,
  attentionTable,
  headColour,
  headDashed,
  inkOn,
  luminance,
  palettes,
  type Scheme,
  signedColour,
} from "./palette";

const schemes: readonly Scheme[] = ["light", "dark"];
const contrast = (a: string, b: string): number => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
};

/** Custom properties of one rule of a style sheet. */
function variables(css: string, selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const rule = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries([...rule.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
}

test("canvas and style sheet have the same colours", () => {
  const css = readFileSync("src/styles/tokens.css", "utf8");
  const sheets = { light: variables(css, ":root"), dark: variables(css, ':root[data-theme="dark"]') };
  for (const scheme of schemes) {
    const { heads: _, scheme: __, line2, ink2, ink3, ...same } = palettes[scheme];
    const expected = { ...same, "line-2": line2, "ink-2": ink2, "ink-3": ink3 };
    expect(sheets[scheme]).toMatchObject(expected);
  }
});

test.each(schemes)("%s: text is read at 4.5:1 and controls are seen at 3:1", (scheme) => {
  const { surface, ground, sunk, ink, ink2, ink3, accent, edge, warn, pin, mark, heads } = palettes[scheme];
  for (const text of [ink, ink2, ink3, accent, warn])
    for (const under of [surface, ground]) expect(contrast(text, under)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(ink2, sunk)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(surface, pin)).toBeGreaterThanOrEqual(4.5);
  expect(contrast("#14171c", mark)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(edge, surface)).toBeGreaterThanOrEqual(3);
  for (const head of heads) {
    expect(contrast(head, surface)).toBeGreaterThanOrEqual(3);
    expect(contrast(inkOn(head), head)).toBeGreaterThanOrEqual(4.5);
  }
});

test.each(schemes)("%s: more attention is more contrast, and numbers on it can be read", (scheme) => {
  const palette = palettes[scheme];
  let before = 0;
  for (let i = 0; i <= 100; i++) {
    const colour = attentionColour(palette, i / 100);
    const now = contrast(colour, palette.surface);
    expect(now).toBeGreaterThanOrEqual(before - 0.02);
    before = now;
    expect(contrast(inkOn(colour), colour)).toBeGreaterThanOrEqual(4.5);
  }
  expect(contrast(attentionColour(palette, 0), palette.surface)).toBeLessThan(1.1);
  expect(attentionColour(palette, 7)).toBe(attentionColour(palette, 1));
});

test.each(schemes)(
  "%s: more for or against is more contrast, the two sides differ, numbers on them can be read",
  (scheme) => {
    const palette = palettes[scheme];
    for (const side of [1, -1]) {
      let before = 0;
      for (let i = 0; i <= 100; i++) {
        const colour = signedColour(palette, (side * i) / 100);
        const now = contrast(colour, palette.surface);
        expect(now).toBeGreaterThanOrEqual(before - 0.02);
        before = now;
        expect(contrast(inkOn(colour), colour)).toBeGreaterThanOrEqual(4.5);
      }
      expect(before).toBeGreaterThan(4.5);
    }
    expect(contrast(signedColour(palette, 0), palette.surface)).toBeLessThan(1.15);
    expect(signedColour(palette, 1)).not.toBe(signedColour(palette, -1));
    expect(signedColour(palette, -7)).toBe(signedColour(palette, -1));
  },
);

test("pixels have the colours of the scale", () => {
  expect([...attentionTable(palettes.light).slice(0, 4)]).toEqual([247, 251, 255, 255]);
  expect([...attentionTable(palettes.dark).slice(0, 4)]).toEqual([0x15, 0x18, 0x1d, 255]);
  expect(attentionTable(palettes.light)).toHaveLength(1024);
});

test("more than ten heads stay tellable: twelve colours, then dashes", () => {
  const { light } = palettes;
  expect(new Set(light.heads).size).toBe(12);
  expect(headColour(light, 13)).toBe(light.heads[1]);
  expect([11, 12].map((head) => headDashed(light, head))).toEqual([false, true]);
});
