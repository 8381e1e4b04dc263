import { describe, expect, it } from "vitest";
import { randomOf } from "../../explain/random";
import type { Measurement } from "./measure";
import { plotOf } from "./plot";
import { intervalOf, summaryOf } from "./summary";
import { markdownOf } from "./table";

const { normal, uniform } = randomOf(5);

/** A text of which `right` knows what matters, `blind` nothing, and `wrong` the contrary. */
const text = (i: number): Measurement => {
  const one = (method: string, gain: number, values: readonly number[]) => ({
    method,
    values,
    signed: true,
    forward: 10 + i,
    backward: 0,
    ms: 20,
    comprehensiveness: 0.3 + gain + 0.05 * normal(),
    sufficiency: 0.2 - gain + 0.05 * normal(),
  });
  const values = Array.from({ length: 6 }, uniform);
  return {
    text: i,
    units: 6,
    tokens: 8,
    probability: 0.9,
    right: i % 4 > 0,
    pass: 4,
    random: { comprehensiveness: 0.3, sufficiency: 0.2 },
    removal: "unknown",
    methods: [
      one("leave-one-out", 0.1, values),
      one("random", 0, Array.from({ length: 6 }, uniform)),
      one(
        "lime",
        -0.1,
        values.map((v) => -v),
      ),
    ],
    failures: [],
  };
};
const record = Array.from({ length: 120 }, (_, i) => text(i));

describe("a study's summary", () => {
  it("says who beats random removal, and who doesn't", () => {
    const { methods, right, texts } = summaryOf(record);
    expect([texts, right]).toEqual([120, 0.75]);
    expect(methods.map((m) => m.method)).toEqual(["leave-one-out", "random", "lime"]);
    expect(methods.map((m) => m.beats)).toEqual([
      { comprehensiveness: true, sufficiency: true },
      { comprehensiveness: false, sufficiency: false },
      { comprehensiveness: false, sufficiency: false },
    ]);
    expect(methods[0].gain.comprehensiveness.mean).toBeCloseTo(0.1, 1);
    expect(methods[0].passes.median).toBe(5);
    expect(methods[0].forward).toEqual({ median: 69.5, quarter: 39.75, threeQuarters: 99.25 });
  });

  it("puts lines of one text together, and counts each method's own texts", () => {
    const [first, ...rest] = record;
    const late: Measurement = {
      ...first,
      random: { comprehensiveness: null, sufficiency: null },
      methods: first.methods.slice(2),
    };
    const lines = [
      { ...first, methods: first.methods.slice(0, 2) },
      ...rest.map((r) => ({ ...r, methods: r.methods.slice(0, 2) })),
      late,
    ];
    expect(summaryOf(lines).methods.map((m) => m.method)).not.toContain("lime");
    const { methods, agreement } = summaryOf(lines, { least: 1 });
    expect(Object.fromEntries(methods.map((m) => [m.method, m.texts]))).toEqual({
      "leave-one-out": 120,
      random: 120,
      lime: 1,
    });
    const place = (id: string) => methods.findIndex((m) => m.method === id);
    expect(agreement[place("leave-one-out")][place("lime")]).toBeCloseTo(-1);
    expect(Math.abs(agreement[place("leave-one-out")][place("random")] as number)).toBeLessThan(0.15);
  });

  it("has an interval that holds the mean, and narrows with the root of the number", () => {
    const draws = (n: number) => Array.from({ length: n }, () => 2 + normal());
    const [few, many] = [intervalOf(draws(50), 1), intervalOf(draws(800), 1)];
    for (const { mean, low, high } of [few, many]) expect(low < mean && mean < high).toBe(true);
    expect((few.high - few.low) / (many.high - many.low)).toBeGreaterThan(2.5);
    expect(many.high - many.low).toBeCloseTo((2 * 1.96) / Math.sqrt(800), 1);
  });

  it("is written as a table and drawn, with the numbers of the summary", () => {
    const summary = summaryOf(record);
    const about = { model: "m", unit: "word", orders: 10, source: "here", machine: "2 cores" };
    const markdown = markdownOf(summary, about, "m.svg");
    expect(markdown).toContain("**Better than random removal by both measures:** Leave one out.");
    expect(markdown).toContain("**By neither:** Random, LIME.");
    expect(markdown).toContain("replaced by the unknown token");
    expect(markdown).toContain("120 texts from here, of which the model is right on 75 %");
    expect(markdown).not.toContain("Where n is less");
    expect(markdown).toContain(summary.methods[0].comprehensiveness.toFixed(3));
    const half = summaryOf(
      record.map((r, i) => (i % 2 ? { ...r, right: null } : { ...r, methods: r.methods.slice(1) })),
    );
    const some = markdownOf(half, about, "m.svg");
    expect(some).toContain("of which 60 have a known answer, and the model is right on 50 % of these");
    expect(some).toContain("Where n is less than 120");
    const plot = plotOf(summary, "m <worth>");
    expect(plot).toContain("m &lt;worth>");
    expect(plot.match(/class="wins"/g)).toHaveLength(2);
    expect(plot.match(/class="doesnt"/g)).toHaveLength(4);
    expect(plot).not.toContain("NaN");
  });
});
