import { describe, expect, it } from "vitest";
import { AlignedText, type SplitBehavior } from "./aligned-text";
import { type NormalForm, normalForm } from "./normal-form";

/** Each character with the part of the source that it stands for. */
const aligned = (text: AlignedText, source: string) => {
  const chars = Array.from(source);
  return text.chars.map((char, i) => [char, chars.slice(text.starts[i], text.ends[i]).join("")]);
};

describe("AlignedText", () => {
  it("replaces, inserts and drops", () => {
    const text = AlignedText.of("abcd").transform(
      [
        ["X", 0],
        ["y", 1],
        ["z", -1],
      ],
      1,
    );
    expect(aligned(text, "abcd")).toEqual([
      ["X", "b"],
      ["y", "b"],
      ["z", "c"],
    ]);
  });

  it("lets what is put in stand for its neighbour", () => {
    expect(aligned(AlignedText.of("ab").prepend("__"), "ab")).toEqual([
      ["_", "a"],
      ["_", "a"],
      ["a", "a"],
      ["b", "b"],
    ]);
    expect(aligned(AlignedText.of("a--b").replace([[1, 3]], "~"), "a--b")).toEqual([
      ["a", "a"],
      ["~", "-"],
      ["b", "b"],
    ]);
  });

  it("knows where a part was cut out", () => {
    const part = AlignedText.of("  abc").slice(2, 5).prepend("_").slice(1, 3);
    expect(part.text).toBe("ab");
    expect(part.origin).toBe(2);
    expect(part.starts).toEqual([2, 3]);
  });

  it.each<[SplitBehavior, string[], string[]]>([
    ["Removed", ["the", "final", "countdown"], ["-", "-", "-"]],
    ["Isolated", ["the", "-", "final", "-", "-", "countdown"], ["the", "-", "final", "-", "-", "countdown"]],
    ["MergedWithPrevious", ["the-", "final-", "-", "countdown"], ["the", "-final", "-", "-countdown"]],
    ["MergedWithNext", ["the", "-final", "-", "-countdown"], ["the-", "final-", "-", "countdown"]],
    ["Contiguous", ["the", "-", "final", "--", "countdown"], ["the", "-", "final", "--", "countdown"]],
  ])("splits: %s", (behavior, expected, inverted) => {
    const text = AlignedText.of("the-final--countdown");
    const spans = text.chars.flatMap((char, i): [number, number][] => (char === "-" ? [[i, i + 1]] : []));
    expect(text.split(spans, behavior).map((part) => part.text)).toEqual(expected);
    expect(text.split(spans, behavior, true).map((part) => part.text)).toEqual(inverted);
  });

  it("finds the character of each byte", () => {
    expect([...AlignedText.of("aé🙂").charOfByte()]).toEqual([0, 1, 1, 2, 2, 2, 2]);
  });
});

describe("normal forms", () => {
  it("keep track of what composes, decomposes and changes places", () => {
    const source = "e\u0301ﬁq\u0307\u0323한";
    expect(aligned(normalForm(AlignedText.of(source), "NFC"), source)).toEqual([
      ["é", "e"],
      ["ﬁ", "ﬁ"],
      ["q", "q"],
      ["\u0323", "\u0307"],
      ["\u0307", "\u0323"],
      ["한", "한"],
    ]);
    expect(aligned(normalForm(AlignedText.of(source), "NFKD"), source).slice(2, 4)).toEqual([
      ["f", "ﬁ"],
      ["i", "ﬁ"],
    ]);
  });

  it.each<NormalForm>(["NFC", "NFD", "NFKC", "NFKD"])("%s gives what the platform gives", (form) => {
    const zoo = Array.from(
      "aeoqAK가각\u1100\u1161\u11a8\u0301\u0300\u0308\u0323\u0307\u0327\u031b\u0345\u0334\u0344\u0958\u093c\u0915\u09c7\u09be\u212b\u1e9b\ufb01\ufdfa\u3099か\u0651\u064b\u0e33\u{1d15e}\u{2f800}ǆ",
    );
    let state = 7;
    for (let round = 0; round < 3000; round++) {
      let text = "";
      for (let i = 0; i < 7; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        text += zoo[Math.floor((state / 2 ** 32) * zoo.length)];
      }
      const normalized = normalForm(AlignedText.of(text), form);
      expect(normalized.text).toBe(text.normalize(form));
      expect(normalized.starts.every((start, i) => i === 0 || start >= normalized.starts[i - 1]!)).toBe(true);
    }
  });
});
