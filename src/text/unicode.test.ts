import { describe, expect, it } from "vitest";
import { codePoints, isPunctuation, utf8Decode, utf8Encode, utf8Length } from "./unicode";

/** Numbers below `limit`, always the same. */
function* numbers(limit: number): Generator<number> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield Math.floor((state / 2 ** 32) * limit);
  }
}

describe("UTF-8", () => {
  it("writes and reads every kind of character", () => {
    const text = "a\0é߿ࠀ￿𐀀\u{10ffff}";
    expect(utf8Encode(text)).toEqual([...new TextEncoder().encode(text)]);
    expect(utf8Decode(utf8Encode(text))).toBe(text);
    expect(codePoints(text).reduce((sum, char) => sum + utf8Length(char), 0)).toBe(utf8Encode(text).length);
  });

  it("replaces ill-formed bytes as the platform does", () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const leads = [0x41, 0x80, 0x8f, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf3, 0xf4, 0xf5, 0xff];
    const random = numbers(leads.length);
    for (let round = 0; round < 5000; round++) {
      const bytes = Array.from({ length: 6 }, () => leads[random.next().value!]!);
      expect(utf8Decode(bytes)).toBe(decoder.decode(Uint8Array.from(bytes)));
    }
  });

  it("hands over ill-formed runs", () => {
    expect(utf8Decode([0xe2, 0x80, 0x41, 0xff], (run) => `(${run})`)).toBe("(226,128)A(255)");
  });
});

describe("characters", () => {
  it("are whole, and half of one is U+FFFD", () => {
    expect(codePoints("a🙂\ud83d")).toEqual(["a", "🙂", "\ufffd"]);
  });

  it("count as punctuation where BERT counts them", () => {
    expect([..."!$+<=>^`|~—«"].every(isPunctuation)).toBe(true);
    expect([..."a1 €±"].some(isPunctuation)).toBe(false);
  });
});
