import { describe, expect, test } from "vitest";
import { encodePng, pattern } from "../../e2e/png";
import { decodePng } from "./png";
import reference from "./testing/png.json";

const bytes = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

describe("a PNG reads as Pillow reads it, on white", () => {
  test.each(reference.cases)("$name", ({ file, pixels }) => {
    const found = decodePng(bytes(file), "a.png");
    expect([found.width, found.height]).toEqual([reference.width, reference.height]);
    const wanted = bytes(pixels);
    const worst = wanted.reduce((most, v, i) => Math.max(most, Math.abs(v - found.data[i]!)), 0);
    expect(worst).toBeLessThanOrEqual(1); // a half may be rounded either way
  });
});

test("a picture comes back as it went", () => {
  const picture = pattern(31, 17);
  expect(decodePng(encodePng(picture), "a.png")).toEqual(picture);
  expect(decodePng(encodePng(picture, true), "a.png")).toEqual(picture);
});

test("what is no PNG, or part of one, says so", () => {
  const whole = encodePng(pattern(9, 9));
  expect(() => decodePng(Uint8Array.of(1, 2, 3), "a.png")).toThrow("not a PNG: a.png (it doesn't begin as one)");
  expect(() => decodePng(whole.subarray(0, 60), "a.png")).toThrow("not a PNG: a.png (it ends too early)");
});
