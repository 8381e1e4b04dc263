import { describe, expect, it } from "vitest";
import type { Method, Options } from "../attribution";
import { optionsOf } from "../parameter";
import { randomOf } from "../random";
import { type Analytic, analyticContext, tangled } from "../testing/analytic";
import { allCoalitions, choose, exactShapley } from "./exact-shapley";
import { featureAblation } from "./feature-ablation";
import { methods } from "./index";
import { kernelShap } from "./kernel-shap";
import { leaveOneOut } from "./leave-one-out";
import { occlusion, windowsOf } from "./occlusion";
import { random } from "./random";
import { coalitionsOf, drawOrders, meanGains, shapleySampling } from "./shapley-sampling";

const perturbing = methods.filter(({ family }) => family === "perturbation");
const ids = [7, 10, 11, 12, 13, 14, 15, 8];
const special = ids.map((_, i) => i === 0 || i === 7);
const players = [1, 2, 3, 4, 5, 6];
const mask = 1;
/** The formula of the text with only these positions there. */
const worth = (present: readonly number[]) =>
  tangled({
    ids: ids.map((id, i) => (special[i] || present.includes(i) ? id : mask)),
    ...{ mask: [], segments: [], position: null },
  });
const full = worth(players);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

async function run(method: Method, options: Options = {}, over: Partial<Analytic> = {}) {
  const made = analyticContext({ ids, special, logit: tangled, ...over });
  return { ...(await method.run(made.context, optionsOf(method.parameters, options))), ...made };
}

const close = (found: readonly number[], expected: readonly number[], digits = 10) => {
  expect(found.length).toBe(expected.length);
  for (const [i, v] of found.entries()) expect(v).toBeCloseTo(expected[i], digits);
};
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("one unit at a time", () => {
  const expected = ids.map((_, i) => (special[i] ? 0 : full - worth(players.filter((p) => p !== i))));

  it("is the drop of the target, special tokens left alone, in n + 1 passes", async () => {
    const { values, spent, rows } = await run(featureAblation);
    close(values, expected);
    expect(spent.forward).toBe(7);
    expect(rows.every((row) => row.ids[0] === 7 && row.ids[7] === 8 && row.ids.length === 8)).toBe(true);
  });

  it("drops the probability, and what else is asked", async () => {
    close(
      (await run(leaveOneOut)).values,
      ids.map((_, i) => (special[i] ? 0 : sigmoid(full) - sigmoid(worth(players.filter((p) => p !== i))))),
    );
    close((await run(leaveOneOut, { drop: "logit" })).values, expected);
    close((await run(leaveOneOut, { drop: "asked" })).values, expected);
  });

  it("takes whole words away", async () => {
    const words = [null, 0, 0, 1, 2, 2, 2, null];
    const { values, spent } = await run(featureAblation, {}, { words, unit: "word" });
    close(values, [0, full - worth([3, 4, 5, 6]), full - worth([1, 2, 4, 5, 6]), full - worth([1, 2, 3]), 0]);
    expect(spent.forward).toBe(4);
  });

  it("puts in the token that is chosen, and says where there is none", async () => {
    const { rows } = await run(featureAblation, { removal: "pad" });
    expect(rows.filter((row) => row.ids.includes(0))).toHaveLength(6);
    await expect(
      run(featureAblation, { removal: "pad" }, { substitutes: { pad: null, mask: 1, unknown: 2 } }),
    ).rejects.toThrow("no substitute: the vocabulary has no pad token");
  });

  it("deletes, and has no value for the place that is read itself", async () => {
    const { values } = await run(featureAblation, { removal: "delete" }, { position: 3 });
    const without = (i: number) => {
      const left = ids.filter((_, j) => j !== i);
      return full - tangled({ ids: left, mask: [], segments: [], position: null });
    };
    expect(values[3]).toBeNaN();
    close(
      values.map((v, i) => (i === 3 ? 0 : v)),
      ids.map((_, i) => (special[i] || i === 3 ? 0 : without(i))),
    );
  });

  it("follows the place that is read when a token before it goes, and a decoder reads the last that is left", async () => {
    const { rows } = await run(
      leaveOneOut,
      { removal: "delete" },
      { ids: [20, 21, 22], special: [false, false, false], position: 2, causal: true },
    );
    expect(rows.map((row) => `${row.ids} ${row.position}`).sort()).toEqual(
      ["20,21,22 2", "21,22 1", "20,22 1", "20,21 1"].sort(),
    );
  });
});

describe("sliding windows", () => {
  it("cover every unit, the last one shorter where it must be", () => {
    expect(windowsOf(6, 3, 1)).toEqual([
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 5],
    ]);
    expect(windowsOf(6, 3, 2)).toEqual([
      [0, 1, 2],
      [2, 3, 4],
      [4, 5],
    ]);
    expect(windowsOf(2, 5, 5)).toEqual([[0, 1]]);
    expect(windowsOf(0, 3, 1)).toEqual([]);
  });

  it.each([
    [1, 1],
    [3, 1],
    [2, 2],
    [4, 3],
  ])("of %i, %i apart: each unit's mean over them, and each window's own drop", async (window, stride) => {
    const { values, details, spent } = await run(occlusion, { window, stride });
    const starts = [0, 1, 2, 3, 4, 5].filter((s) => s % stride === 0 && (s === 0 || s - stride + window < 6));
    const regions = starts.map((s) => players.slice(s, s + window));
    const drops = regions.map((gone) => full - worth(players.filter((p) => !gone.includes(p))));
    expect(details?.regions?.map((r) => r.units)).toEqual(regions);
    close(
      details!.regions!.map((r) => r.value),
      drops,
    );
    close(
      values,
      ids.map((_, i) => {
        const over = drops.filter((_, w) => regions[w].includes(i));
        return over.length > 0 ? sum(over) / over.length : 0;
      }),
    );
    expect(spent.forward).toBe(regions.length + 1);
    expect(spent.forward).toBeLessThanOrEqual(Math.ceil((6 - window) / stride) + 2);
  });

  it("that are deleted with the place that is read have no value; units get the mean of those that have", async () => {
    const { values, details } = await run(occlusion, { window: 2, removal: "delete" }, { position: 3 });
    const drops = details!.regions!.map((r) => r.value);
    expect(drops.map(Number.isNaN)).toEqual([false, true, true, false, false]);
    expect(values[3]).toBeNaN();
    close(values.slice(4, 7), [drops[3], (drops[3] + drops[4]) / 2, drops[4]]);
    close(values.slice(0, 3), [0, drops[0], drops[0]]);
  });

  it("must not leave units out", async () => {
    await expect(run(occlusion, { window: 2, stride: 3 })).rejects.toThrow("bad stride: 3");
  });
});

/** Every order of coming in, one by one. */
function bruteForce(of: readonly number[]): Map<number, number> {
  const orders = (rest: readonly number[]): number[][] =>
    rest.length === 0 ? [[]] : rest.flatMap((p) => orders(rest.filter((q) => q !== p)).map((o) => [p, ...o]));
  const all = orders(of);
  const shares = new Map(of.map((p) => [p, 0]));
  for (const order of all)
    order.forEach((p, i) => {
      const gain = worth(order.slice(0, i + 1)) - worth(order.slice(0, i));
      shares.set(p, shares.get(p)! + gain / all.length);
    });
  return shares;
}

const shares = bruteForce(players);
const exact = ids.map((_, i) => shares.get(i) ?? 0);

describe("Shapley values", () => {
  it("are the mean gain over every order, and add up", async () => {
    const { values, completeness, spent } = await run(exactShapley);
    close(values, exact);
    expect(completeness!.sum).toBeCloseTo(full - worth([]), 10);
    expect(completeness!.expected).toBeCloseTo(full - worth([]), 10);
    expect(spent.forward).toBe(64);
  });

  it("have a limit, which says what to do", async () => {
    const long = Array.from({ length: 13 }, (_, i) => 20 + i);
    await expect(run(exactShapley, {}, { ids: long, special: long.map(() => false) })).rejects.toThrow(
      "too many units: 13, and exact Shapley values take 12 at most (2^13 passes)",
    );
  });

  it("number their coalitions by bits, and choose counts", () => {
    expect(allCoalitions(2).map((c) => [...c].join(""))).toEqual(["00", "10", "01", "11"]);
    expect([choose(5, 0), choose(5, 2), choose(5, 5), choose(11, 5)]).toEqual([1, 10, 1, 462]);
  });

  it("by random orders: complete whatever is drawn, the orders' own mean, in at most 25n + 1 passes", async () => {
    const { values, completeness, spent, context } = await run(shapleySampling, {}, { seed: 4 });
    expect(completeness!.sum).toBeCloseTo(completeness!.expected, 10);
    expect(completeness!.expected).toBeCloseTo(full - worth([]), 10);
    expect(spent.forward).toBeLessThanOrEqual(64); // and not 151: there are no more texts
    const orders = drawOrders(randomOf(context.seed), 6, 25);
    const naive = new Map<number, number>();
    for (const order of orders)
      order.forEach((p, i) => {
        const there = (n: number) => order.slice(0, n).map((q) => players[q]);
        naive.set(players[p], (naive.get(players[p]) ?? 0) + (worth(there(i + 1)) - worth(there(i))) / 25);
      });
    close(
      values,
      ids.map((_, i) => naive.get(i) ?? 0),
    );
    expect((await run(shapleySampling, {}, { seed: 4 })).values).toEqual(values);
    expect((await run(shapleySampling, {}, { seed: 5 })).values).not.toEqual(values);
  });

  it("by random orders come to the exact ones", async () => {
    const error = async (orders: number, seed: number) => {
      const { values } = await run(shapleySampling, { orders }, { seed });
      return Math.max(...values.map((v, i) => Math.abs(v - exact[i])));
    };
    const mean = async (orders: number) => sum(await Promise.all([1, 2, 3, 4].map((s) => error(orders, s)))) / 4;
    const [few, many] = [await mean(10), await mean(1000)];
    expect(many).toBeLessThan(0.05);
    expect(many).toBeLessThan(few / 3); // a hundred times the draws, a tenth of the error
  });

  it("of a long text cost 25n + 1 passes within 10 %, and show how they converge", async () => {
    const long = Array.from({ length: 40 }, (_, i) => 20 + i);
    const { spent, partials, values } = await run(shapleySampling, {}, { ids: long, special: long.map(() => false) });
    expect(spent.forward).toBeLessThanOrEqual(1001);
    expect(spent.forward).toBeGreaterThan(900);
    expect(partials.length).toBeGreaterThan(10);
    expect(partials.map((p) => p.done)).toEqual(partials.map((p) => p.done).sort((a, b) => a - b));
    const off = partials.map((p) => Math.max(...p.values!.map((v, i) => Math.abs(v - values[i]))));
    expect(off.at(-1)).toBe(0);
    expect(off[off.length - 3]).toBeLessThan(off[0]);
  });

  it("replay recorded orders", () => {
    const orders = [
      [1, 0],
      [0, 1],
    ];
    expect(coalitionsOf(orders).map((c) => [...c].join(""))).toEqual(["00", "01", "11", "10", "11"]);
    expect(meanGains(orders, [1, 2, 5, 4, 5], 5)).toEqual([3, 1]);
    expect(meanGains(orders, [1, 2, 5], 3)).toEqual([3, 1]);
  });
});

it("deletion that leaves nothing is an error that says what to do, not a value", async () => {
  const bare = { ids: [20, 21], special: [false, false], causal: true, position: 1 };
  await expect(run(shapleySampling, { removal: "delete" }, bare)).rejects.toThrow("no text left");
  const encoder = await run(exactShapley, { removal: "delete" }, { position: 3 });
  expect(encoder.values[3]).toBe(0); // what is read stays
  expect(encoder.spent.forward).toBe(32);
});

it.each(perturbing.map((method) => [method.id, method] as const))(
  "%s has nothing to say of a text without units that could go, and something of one with one",
  async (_, method) => {
    const none = await run(method, {}, { ids: [7, 8], special: [true, true] });
    expect(none.values).toEqual([0, 0]);
    const one = await run(method, {}, { ids: [7, 20, 8], special: [true, false, true] });
    expect([one.values[0], one.values[2]]).toEqual([0, 0]);
    expect(one.values[1]).not.toBe(0);
    if (one.completeness) expect(one.completeness.sum).toBeCloseTo(one.completeness.expected, 3);
    await expect(
      method.run({ ...one.context, engine: { ...one.context.engine, family: "vision" } }, optionsOf(method.parameters)),
    ).rejects.toThrow("no image: nothing can be taken away");
  },
);

it.each(perturbing.map((method) => [method.id, method] as const))(
  "%s of a model that never changes its mind is 0 throughout",
  async (_, method) => {
    const { values } = await run(method, {}, { logit: () => 0.7 });
    for (const v of values) expect(v).toBeCloseTo(0, 12);
  },
);

it("kept by a path that leads nowhere, nobody has a value", async () => {
  expect((await run(kernelShap, { kept: 2 }, { logit: () => 0.7 })).values).toEqual(ids.map(() => 0));
});

it("random values follow from the seed and leave special tokens alone", async () => {
  const { values, spent } = await run(random, {}, { seed: 1 });
  expect([values[0], values[7], spent.forward]).toEqual([0, 0, 0]);
  expect(new Set(values).size).toBe(7);
  expect((await run(random, {}, { seed: 2 })).values).not.toEqual(values);
});
