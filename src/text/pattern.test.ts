import { describe, expect, it } from "vitest";
import { literalPattern, type Pattern, readPattern } from "./pattern";

const found = (pattern: Pattern, text: string) => {
  const chars = Array.from(text);
  return pattern(chars).map(([from, to]) => chars.slice(from, to).join(""));
};
const regex = (source: string) => readPattern({ Regex: source });

describe("patterns", () => {
  it("count in characters", () => {
    expect(literalPattern("b")(Array.from("🙂b🙂b"))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(readPattern({ String: "a.b" })(Array.from("axb🙂a.b"))).toEqual([[4, 7]]);
  });

  it("match nothing between characters, once", () => {
    expect(regex("")(Array.from("ab"))).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect(regex("a*")(Array.from("aab"))).toEqual([
      [0, 2],
      [3, 3],
    ]);
  });

  it("fold case as Oniguruma does", () => {
    const contraction = regex("(?i:'s|'t|'re|'k)");
    expect(found(contraction, "it'S 'RE 'ſ x'ſt '\u212a")).toEqual(["'S", "'RE", "'ſ", "'ſ", "'\u212a"]);
    expect(found(regex("'(?i:[sdmt]|ll)"), "'ſ 'LL 'D 'x")).toEqual(["'ſ", "'LL", "'D"]);
    expect(found(regex("(?i:\\s)s"), " s S")).toEqual([" s"]);
  });

  it("know Unicode's space, digits and letters", () => {
    expect(found(regex("\\s"), "a\u0085b\ufeffc\u3000")).toEqual(["\u0085", "\u3000"]);
    expect(found(regex("\\d+"), "12 ١٢ ½")).toEqual(["12", "١٢"]);
    expect(found(regex(" ?[^(\\s|[.,!?…。，、।۔،])]+"), "a (b) c。d")).toEqual(["a", "b", " c", "d"]);
  });

  it("are refused where they aren't patterns", () => {
    expect(() => readPattern({ Glob: "*" })).toThrow('bad tokenizer: pattern {"Glob":"*"}');
    expect(() => regex("(")).toThrow("unsupported pattern: (");
  });
});
