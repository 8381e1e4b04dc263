import { describe, expect, it } from "vitest";
import type { Attribution } from "./attribution";
import { type FaithfulnessContext, measureFaithfulness } from "./faithfulness";
import type { Passes, PassRow } from "./passes";

const weights = new Map([
  [10, 1.5],
  [11, -2],
  [12, 0.3],
  [13, 4],
  [14, 0.1],
  [15, -0.5],
]);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logitOf = ({ ids }: Pick<PassRow, "ids">): number =>
  ids.reduce((sum, id) => sum + (weights.get(id) ?? 0), 0) + 0.05 * ids.length;

const ids = [2, 10, 11, 12, 13, 14, 15, 3];
const units = ids.map((id, i) => ({ tokens: [i], special: id < 10 }));

/** A model that adds up its words, and counts what it is asked. */
function contextOf(family: "encoder" | "decoder" = "encoder"): FaithfulnessContext & { rows: PassRow[] } {
  const spent = { forward: 0, backward: 0 };
  const rows: PassRow[] = [];
  const passes = {
    spent,
    async run(asked: readonly PassRow[], _: unknown, onRow: (r: unknown, i: number) => void) {
      asked.forEach((row, i) => {
        rows.push(row);
        spent.forward++;
        onRow({ logit: logitOf(row), probability: sigmoid(logitOf(row)), value: logitOf(row) }, i);
      });
    },
  } as unknown as Passes;
  const encoding = { ids, mask: ids.map(() => 1), segments: ids.map(() => 0) };
  return {
    engine: { family },
    trace: { encoding },
    target: { position: family === "decoder" ? ids.length - 1 : null, index: 1 },
    passes,
    units,
    substitutes: { pad: 0, mask: 4, unknown: 1 },
    seed: 7,
    onPartial: () => {},
    rows,
  } as unknown as FaithfulnessContext & { rows: PassRow[] };
}

const said = (method: string, values: readonly number[]): Attribution =>
  ({ method, units, values, signed: true }) as unknown as Attribution;
const right = said("right", [0, 1.5, -2, 0.3, 4, 0.1, -0.5, 0]);
const wrong = said("wrong", [0, -1.5, 2, -0.3, -4, -0.1, 0.5, 0]);
const p = (list: readonly number[]): number => sigmoid(logitOf({ ids: list }));

describe("measureFaithfulness", () => {
  it("takes the largest values' units away and keeps only them, by definition", async () => {
    const { methods, probability, removal } = await measureFaithfulness(contextOf(), [right]);
    expect(removal).toBe("mask");
    expect(probability).toBeCloseTo(p(ids), 12);
    expect(methods[0].steps).toEqual([1, 3, 5]);
    const comprehensiveness = [
      p(ids) - p([2, 10, 11, 12, 4, 14, 15, 3]),
      p(ids) - p([2, 4, 11, 4, 4, 14, 15, 3]),
      p(ids) - p([2, 4, 11, 4, 4, 4, 4, 3]),
    ];
    const sufficiency = [
      p(ids) - p([2, 4, 4, 4, 13, 4, 4, 3]),
      p(ids) - p([2, 10, 4, 12, 13, 4, 4, 3]),
      p(ids) - p([2, 10, 4, 12, 13, 14, 15, 3]),
    ];
    expect(methods[0].comprehensiveness).toEqual(comprehensiveness.map((v) => expect.closeTo(v, 12)));
    expect(methods[0].sufficiency).toEqual(sufficiency.map((v) => expect.closeTo(v, 12)));
    expect(methods[0].mean.comprehensiveness).toBeCloseTo(comprehensiveness.reduce((a, b) => a + b) / 3, 12);
    expect(methods[0].logit.comprehensiveness[0]).toBeCloseTo(4, 12);
  });

  it("costs six passes a method and one for the text, and runs equal texts once", async () => {
    const context = contextOf();
    const alone = await measureFaithfulness(context, [right], { orders: 0 });
    expect([alone.passes, alone.methods[0].passes, context.rows.length]).toEqual([7, 7, 7]);
    const twice = await measureFaithfulness(contextOf(), [right, right], { orders: 0 });
    expect(twice.passes).toBe(7);
    expect(alone.random).toMatchObject({ orders: 0, mean: { comprehensiveness: null } });
  });

  it("tells a method that is right from one that is wrong by random orders", async () => {
    const { methods, random } = await measureFaithfulness(contextOf(), [right, wrong], { orders: 40 });
    expect(methods[0].better).toEqual({ comprehensiveness: expect.closeTo(1, 1), sufficiency: expect.closeTo(1, 1) });
    expect(methods[1].better.comprehensiveness).toBeLessThan(0.1);
    expect(random.spread.comprehensiveness).toBeGreaterThan(0);
    expect(random.mean.comprehensiveness).toBeLessThan(methods[0].mean.comprehensiveness as number);
  });

  it("follows from the seed", async () => {
    const random = async (seed: number) => (await measureFaithfulness({ ...contextOf(), seed }, [right])).random;
    expect(await random(3)).toEqual(await random(3));
    expect(await random(3)).not.toEqual(await random(4));
  });

  it("deletes where asked, and says nothing where nothing is left", async () => {
    const all = units.map((u) => ({ ...u, special: false }));
    const context = { ...contextOf("decoder"), units: all };
    const { methods } = await measureFaithfulness(context, [{ ...right, units: all }], {
      removal: "delete",
      ks: [1, 8],
    });
    expect(methods[0].comprehensiveness[0]).toBeCloseTo(p(ids) - p([2, 10, 11, 12, 14, 15, 3]), 12);
    expect(methods[0].comprehensiveness[1]).toBeNull();
    expect(methods[0].mean.comprehensiveness).toBe(methods[0].comprehensiveness[0]);
  });

  it("has ERASER's bins and their mean, as coded and as printed", async () => {
    const run = (schedule: "eraser" | "eraser-paper") => measureFaithfulness(contextOf(), [right], { schedule });
    const [{ methods: coded }, { methods: printed }] = [await run("eraser"), await run("eraser-paper")];
    expect(coded[0].steps).toEqual([1, 1, 1, 2, 3]); // 1, 5, 10, 20, 50 % of six
    const sum = coded[0].comprehensiveness.reduce((a, b) => (a as number) + (b as number), 0) as number;
    expect(coded[0].mean.comprehensiveness).toBeCloseTo(sum / 5, 12);
    expect(printed[0].mean.comprehensiveness).toBeCloseTo(sum / 6, 12);
  });

  it("has ferret's shares: rounded down, positive values only, equal sets once", async () => {
    const { methods } = await measureFaithfulness(
      contextOf(),
      [
        right,
        said(
          "none",
          ids.map(() => -1),
        ),
      ],
      {
        schedule: "ferret",
        removal: "delete",
      },
    );
    expect(methods[0].steps).toEqual([1, 2, 3, 4]); // 0, 1, 1, 2, 3, 3, 4, 4, 5, 6 units, of which four are positive
    expect(methods[1]).toMatchObject({ steps: [], mean: { comprehensiveness: 0, sufficiency: 1 } });
  });

  it("says where the vocabulary has no such token", async () => {
    const context = { ...contextOf(), substitutes: { pad: 0, mask: null, unknown: 1 } };
    await expect(measureFaithfulness(context, [right], { removal: "mask" })).rejects.toThrow("no substitute");
    expect((await measureFaithfulness(context, [right])).removal).toBe("unknown");
  });
});
