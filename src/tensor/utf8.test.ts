import { describe, expect, test } from "vitest";
import { decodeUtf8, encodeUtf8, Utf8Error, utf8Length } from "./utf8";

const texts = [
  "",
  "plain",
  "é",
  "日本語",
  "🙂 👩‍👩‍👧",
  "\0\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}",
  "a🙂".repeat(20_000),
];

test.each(texts.map((text) => [text.slice(0, 12), text]))("%j is what the platform makes of it", (_, text) => {
  const wanted = new TextEncoder().encode(text);
  expect(utf8Length(text)).toBe(wanted.length);
  expect(Buffer.compare(encodeUtf8(text), wanted)).toBe(0);
  expect(decodeUtf8(wanted) === text).toBe(true);
});

test("a lone surrogate becomes U+FFFD", () => {
  for (const text of ["\ud800", "a\udc00b", "\ud83dx"])
    expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
});

describe("what isn't UTF-8 is refused, at its offset", () => {
  test.each([
    ["a lone continuation", [0x61, 0x80], 1],
    ["a cut sequence", [0xe3, 0x81], 0],
    ["an overlong slash", [0xc0, 0xaf], 0],
    ["an overlong slash in three", [0xe0, 0x80, 0xaf], 0],
    ["a surrogate", [0xed, 0xa0, 0x80], 0],
    ["over U+10FFFF", [0xf4, 0x90, 0x80, 0x80], 0],
    ["0xff", [0x61, 0x62, 0xff], 2],
  ])("%s", (_, bytes, offset) => {
    const whole = Uint8Array.from([0x2a, ...bytes]);
    const read = () => decodeUtf8(whole, 1);
    expect(read).toThrow(Utf8Error);
    expect(read).toThrow(`bad UTF-8: byte ${offset}`);
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(whole)).toThrow();
  });
});
