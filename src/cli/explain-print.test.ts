import { describe, expect, it } from "vitest";
import type { Attribution } from "../explain/attribution";
import { measurePlausibility } from "../explain/marks";
import { methods } from "../explain/methods";
import { type Result, resultOf } from "../explain/result";
import { aligned, csvOf, tableOf } from "./explain-print";

const tokens = ["[CLS]", "a", " film", ', said "he"', "\n", "[SEP]"];
const special = tokens.map((_, i) => i === 0 || i === 5);
const encoding = { ids: tokens.map((_, i) => i), tokens, special } as unknown as Attribution["encoding"];
const attributions = methods.map(
  ({ id, signed }, m): Attribution => ({
    method: id,
    options: {},
    target: { position: null, index: 1 },
    encoding,
    units: tokens.map((_, i) => ({ tokens: [i], special: special[i] })),
    values: tokens.map((_, i) => (special[i] ? 0 : Math.sin(m * 7 + i * 3))),
    signed,
    cost: { forward: m, backward: 0, ms: 12.4, ...(m === 3 && { preparing: 310 }) },
  }),
);
const about: Parameters<typeof resultOf>[0] = {
  ...{ encoding, target: { position: null, index: 1 }, ms: 3, seed: 0, attributions, failures: [] },
  candidates: [{ index: 1, label: "POSITIVE", logit: 1, probability: 0.75 }],
};
const lines = (result: Result): string[] => tableOf("small", result).split("\n");

describe("what the command line prints", () => {
  it("is no wider than 100 columns, whatever the number of methods, and leaves nothing out", () => {
    const all = lines(resultOf(about));
    for (const line of all) expect(line.length, line).toBeLessThanOrEqual(100);
    for (const { method, values } of attributions) {
      expect(all.some((line) => line.split(/\s+/).includes(method))).toBe(true);
      expect(all.join("\n")).toContain(values[2].toFixed(4));
    }
    // A row a token in each of the blocks that values take.
    const heads = all.filter((line) => line.startsWith("  ") && / (raw-attention|random)( |$)/.test(line));
    expect(heads.length).toBeGreaterThanOrEqual(2);
    expect(all.filter((line) => line.startsWith("↵ ")).length).toBeGreaterThan(2);
  });

  it("tells the time that a session took to be made apart from the method's own", () => {
    const row = (result: Result) => lines(result).find((line) => line.startsWith(methods[3].id)) as string;
    expect(row(resultOf(about)).split(/\s+/)).toEqual([methods[3].id, "3", "0", "12", "310"]);
    expect(lines(resultOf(about)).join("\n")).toContain("ms to prepare");
    const quick = attributions.map((a) => ({ ...a, cost: { forward: 1, backward: 1, ms: 2 } }));
    expect(tableOf("small", resultOf({ ...about, attributions: quick }))).not.toContain("to prepare");
  });

  it("has what was marked, and what became of paraphrases", () => {
    const some = attributions.slice(0, 2);
    const result = resultOf({
      ...about,
      attributions: some,
      plausibility: measurePlausibility(some, [2]),
      consistency: {
        paraphrases: ["a movie", "no film"],
        answers: [
          { label: "POSITIVE", probability: 0.8, samePrediction: true },
          { label: "NEGATIVE", probability: 0.6, samePrediction: false },
        ],
        methods: [
          {
            method: "rollout",
            used: 1,
            rho: 0.5,
            overlap: 1,
            paraphrases: [
              { samePrediction: true, aligned: [[0, 0]], rho: 0.5, overlap: 1 },
              { samePrediction: false, aligned: [[0, 0]], rho: -0.9, overlap: 0 },
            ],
          },
        ],
        failures: [{ method: "lime", message: "no gradient: here" }],
        passes: { forward: 12, backward: 3 },
      },
    });
    const all = lines(result);
    expect(all).toContain("Agreement with marked units: film");
    expect(all).toContain("2 no film  NEGATIVE 0.600  not the same: left out");
    expect(all.find((line) => /^rollout +0.50 +1.00 +0.50$/.test(line))).toBeDefined();
    expect(all.at(-1)).toBe("lime: no gradient: here");
    const [header, first, , film] = csvOf(result).split("\n");
    expect(header).toBe("unit,text,marked,raw-attention,rollout");
    expect(first.startsWith("0,[CLS],0,")).toBe(true);
    expect(film.startsWith("2, film,1,")).toBe(true);
  });
});

describe("columns", () => {
  it("stand to the right of the first, and go on below it where they don't fit", () => {
    const rows = [
      ["", "x"],
      ["ab", "10"],
    ];
    expect(aligned(rows)).toBe("     x\nab  10");
    const wide = aligned([
      ["", ...Array.from({ length: 12 }, (_, i) => `column-${i}`)],
      ["name of a method that is longer than its room", ...Array.from({ length: 12 }, () => "1")],
    ]);
    const blocks = wide.split("\n\n");
    expect(blocks).toHaveLength(2);
    for (const block of blocks) expect(block.split("\n")[1]).toMatch(/^name of a method that is lo… /);
  });
});
