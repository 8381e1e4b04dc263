import { describe, expect, it } from "vitest";
import { collapsed } from "./collapse";
import { partitionShap } from "./methods/partition-shap";
import { owenValues, runsBelow } from "./owen";
import { optionsOf } from "./parameter";
import { randomOf } from "./random";
import { analyticContext, tangled } from "./testing/analytic";
import { formula } from "./testing/formula";
import { leavesOf, type Piece, sizeOf, type Tree, treeOf } from "./token-tree";

const piecesOf = (text: string): Piece[] =>
  text.split(" ").map((word) => ({ text: word.replace(/^##/, ""), continues: word.startsWith("##"), segment: 0 }));
const written = (tree: Tree, text: string): string =>
  typeof tree === "number" ? text.split(" ")[tree] : `(${written(tree.left, text)} ${written(tree.right, text)})`;

const plain = "the plot was clever but slow , and";
const long = "I do n ' t know ( or care ) what it is";

describe("the tree of a text", () => {
  // shap 0.51, partition_tree on the same tokens
  it.each([
    ["the movie was great", "((the movie) (was great))"],
    [
      "the plot was clever but slow , and the cast is good .",
      "((((the plot) (was clever)) (but (slow ,))) (and (((the cast) (is good)) .)))",
    ],
    ["un ##believ ##ably slow", "(((un ##believ) ##ably) slow)"],
    [
      "I do n ' t know ( or care ) what it is . It was bad !",
      "(((((I do) (((n ') t) know)) (( (or (care ))))) (((what it) is) .)) (((It was) bad) !))",
    ],
    ["a b c d e f g h", "(((a b) (c d)) ((e f) (g h)))"],
    ["it ' s ( really , truly ) good", "((((it ') s) ((( (really ,)) (truly )))) good)"],
    ["[UNK] was here", "([UNK] (was here))"],
    ["one , two and three ? Yes", "(((one ,) ((two and) (three ?))) Yes)"],
  ])("of %s is shap's", (text, tree) => {
    expect(written(treeOf(piecesOf(text)), text)).toBe(tree);
  });

  it("joins two texts last", () => {
    const pieces = piecesOf("a b c d e").map((piece, i) => ({ ...piece, segment: i < 2 ? 0 : 1 }));
    const tree = treeOf(pieces) as Exclude<Tree, number>;
    expect([leavesOf(tree.left), leavesOf(tree.right), sizeOf(tree)]).toEqual([[0, 1], [2, 3, 4], 5]);
  });
});

const settings = (tree: Tree, most: number, batch: number) => {
  const whole = formula(new Array<number>(sizeOf(tree)).fill(1));
  return { none: 0, whole, most, batch, random: randomOf(1) };
};

/** The definition, without a queue: a node's gain in a context, to be shared by its children. */
function naive(tree: Tree, context: readonly number[], values: number[], weight = 1): void {
  const worth = (there: readonly number[]) => {
    const coalition = values.map(() => 0);
    for (const p of there) coalition[p] = 1;
    return formula(coalition);
  };
  if (typeof tree === "number") {
    values[tree] += weight * (worth([...context, tree]) - worth(context));
    return;
  }
  const { left, right } = tree;
  naive(left, context, values, weight / 2);
  naive(left, [...context, ...leavesOf(right)], values, weight / 2);
  naive(right, context, values, weight / 2);
  naive(right, [...context, ...leavesOf(left)], values, weight / 2);
}

describe("Owen values", () => {
  // shap 0.51, PartitionExplainer on the same tree and formula
  it.each([
    ["the movie was great", 500, 12, [1.91647098, 1.0733884, 0.75724688, -0.70658841]],
    [
      plain,
      500,
      72,
      [2.91647098, 1.53644707, 0.55321192, -0.76231877, -0.96374946, 0.30005693, 0.36610355, 0.95139836],
    ],
    [
      long,
      60,
      60,
      [
        4.16647098, 1.53782823, -0.13618792, -0.13618792, -0.68668587, 0.21786376, -0.41144315, 0.52358821, 0.08212066,
        0.08212066, -0.6109715, -0.56668662, -0.014173,
      ],
    ],
    [
      "one two three four five six seven eight nine ten eleven twelve thirteen",
      100,
      100,
      [
        4.16647098, 1.53782823, 0.56407125, -0.49141525, -0.52389752, -0.28995642, -0.57108203, 0.7154404, 0.4857711,
        -0.35374311, -0.61439055, -0.56326757, -0.014173,
      ],
    ],
  ])("of %s in %i runs at the most are shap's", async (text, most, runs, expected) => {
    const tree = treeOf(piecesOf(text));
    let ran = 2;
    const found = await owenValues(tree, settings(tree, most - 2, 10), async (coalitions) => {
      ran += coalitions.length;
      return coalitions.map(formula);
    });
    expect(ran).toBe(runs);
    for (const [p, v] of found.entries()) expect(v).toBeCloseTo(expected[p], 7);
  });

  it("are their definition, whatever the batch, in as many runs as were counted", async () => {
    const tree = treeOf(piecesOf(long));
    const expected = new Array<number>(13).fill(0);
    naive(tree, [], expected);
    for (const batch of [2, 7, Number.POSITIVE_INFINITY]) {
      let ran = 0;
      const found = await owenValues(tree, settings(tree, 1e6, batch), async (coalitions) => {
        ran += coalitions.length;
        return coalitions.map(formula);
      });
      expect(ran).toBe(runsBelow(tree));
      for (const [p, v] of found.entries()) expect(v).toBeCloseTo(expected[p], 10);
    }
  });

  it("add up wherever they are stopped", async () => {
    const tree = treeOf(piecesOf(long));
    for (const most of [0, 2, 11, 50]) {
      const { whole } = settings(tree, most, 4);
      const found = await owenValues(tree, settings(tree, most, 4), async (all) => all.map(formula));
      expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(whole, 10);
    }
  });

  it("cost what shap's do on plain words", () => {
    const words = (n: number) => treeOf(piecesOf(Array.from({ length: n }, (_, i) => `w${i}`).join(" ")));
    expect([4, 8, 16, 24].map((n) => runsBelow(words(n)) + 2)).toEqual([12, 44, 172, 428]);
  });
});

describe("Partition SHAP", () => {
  const ids = [7, 10, 11, 12, 13, 14, 15, 8];
  const special = ids.map((_, i) => i === 0 || i === 7);
  const tokens = ["[CLS]", "it", "is", "un", "##kind", ",", "so", "[SEP]"];
  const words = [null, 0, 1, 2, 2, 3, 4, null];

  it("shares out the whole by the tree of the words, masked one by one", async () => {
    const { context, rows, partials } = analyticContext({ ids, special, tokens, words, logit: tangled });
    const { values, completeness } = await partitionShap.run(context, optionsOf(partitionShap.parameters));
    expect(completeness!.sum).toBeCloseTo(completeness!.expected, 10);
    expect([values[0], values[7]]).toEqual([0, 0]);
    // ((it is) ((un ##kind) ,)) so: nothing is ever taken out of a word before the word was taken out of the text
    expect(rows.some((row) => row.ids.join() === "7,1,1,12,13,1,1,8")).toBe(true);
    expect(rows.every((row) => row.ids[0] === 7 && row.ids.length === 8)).toBe(true);
    expect(partials.at(-1)!.done).toBe(partials.at(-1)!.total);
  });

  it("stops at the limit", async () => {
    const many = Array.from({ length: 40 }, (_, i) => 20 + i);
    const { context, spent } = analyticContext({ ids: many, logit: tangled });
    const { completeness } = await partitionShap.run(context, optionsOf(partitionShap.parameters));
    expect(spent.forward).toBeLessThanOrEqual(500);
    expect(spent.forward).toBeGreaterThan(450);
    expect(completeness!.sum).toBeCloseTo(completeness!.expected, 10);
  });

  it("puts one ellipsis for a run where there is no mask token", async () => {
    const substitutes = { pad: null, mask: null, unknown: 2, ellipsis: [90, 91] };
    const given = { ids: [20, 21, 22, 23], substitutes, causal: true, position: 3, logit: tangled };
    const { context, rows } = analyticContext(given);
    await partitionShap.run(context, optionsOf(partitionShap.parameters));
    const seen = rows.map((row) => `${row.ids} ${row.position}`);
    expect(seen).toContain("90,91 1");
    expect(seen).toContain("20,21,90,91 3");
    expect(seen).toContain("90,91,22,23 3");
    expect(seen).toContain("20,21,90,91,23 4");
  });

  it("collapses no place that is read, and none over two texts", () => {
    const row = { ids: [1, 2, 3, 4], mask: [1, 1, 1, 1], segments: [0, 0, 1, 1], position: 0 };
    const units = row.ids.map((_, i) => ({ tokens: [i], special: false }));
    expect(collapsed(row, units, [1, 2, 3], [9], false)).toEqual({
      ids: [1, 9, 9],
      mask: [1, 1, 1],
      segments: [0, 0, 1],
      position: 0,
    });
    expect(collapsed(row, units, [0, 1], [9], false)).toBeNull();
    expect(collapsed({ ...row, position: 2 }, units, [0, 1], [9], false)).toMatchObject({
      ids: [9, 3, 4],
      position: 1,
    });
  });
});
