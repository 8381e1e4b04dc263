import { describe, expect, test } from "vitest";
import type { Attribution } from "../../explain/attribution";
import { rollout as method } from "../../explain/methods/rollout";
import { initial, type State } from "../../store/state";
import { toHalf } from "../../tensor/half";
import { planFor } from "../heads/on-screen";
import { matrixLayout } from "../model/matrix";
import { palettes } from "../shared/palette";
import { writeSvg } from "../shared/svg";
import { decoder, encoder, passOf } from "../testing/pictures";
import { mapMarks, rowOf } from "./draw";
import { rolloutFigure, rolloutTable } from "./figure";
import { differences, drawnMap, fullOf, fuse, rowAt, sources, unitsIn, windowOf, withoutStart } from "./maps";
import { pictureOf, WINDOW } from "./picture";

const head = (...data: number[]) => ({ rows: 2, columns: 2, data: toHalf(Float32Array.from(data)) });

describe("maps", () => {
  test("heads become one by their mean, largest or smallest", () => {
    const heads = [head(0.5, 0.5, 0.25, 0.75), head(1, 0, 0.75, 0.25)];
    expect([...fuse(heads, "mean")]).toEqual([0.75, 0.25, 0.5, 0.5]);
    expect([...fuse(heads, "max")]).toEqual([1, 0.5, 0.75, 0.75]);
    expect([...fuse(heads, "min")]).toEqual([0.5, 0, 0.25, 0.25]);
  });

  test("colours are full at a round number that few values pass, and say whether some do", () => {
    const values = Float32Array.from({ length: 200 }, (_, i) => i / 1000);
    expect(fullOf(values)).toEqual({ full: 0.2, beyond: false });
    values[0] = 0.9;
    expect(fullOf(values)).toEqual({ full: 0.2, beyond: true });
    expect(fullOf(Float32Array.of(0, 0))).toEqual({ full: 0.01, beyond: false });
  });

  test("a relevance loses the 1 that each token starts with", () => {
    expect([...withoutStart(Float32Array.of(1.5, 0.25, 0, 1), 2)]).toEqual([0.5, 0.25, 0, 0]);
  });

  test("rows part by shares of what each holds", () => {
    const found = differences(Float32Array.of(2, 2, 0), Float32Array.of(0.5, 0.125, 0.375), 3);
    expect(found.map(({ index }) => index)).toEqual([1, 2]);
    expect(found.map(({ value }) => Number(value.toFixed(4)))).toEqual([0.375, -0.375]);
    expect(sources(Float32Array.of(0.1, 0, 0.3), 5).map(({ index }) => index)).toEqual([2, 0]);
  });
});

/** State with a finished method: its matrix rows are by a rule. */
async function pictured(
  model: typeof encoder,
  cellAt: (i: number, j: number) => number,
  change: Partial<State> & { readonly rollout?: Partial<State["own"]["rollout"]> } = {},
  text = "So underwritten, but charming.",
) {
  const { shown, attention } = await passOf(model, text);
  const T = shown.result.encoding.ids.length;
  const { rollout, ...rest } = change;
  const own = { ...initial.own, rollout: { ...initial.own.rollout, ...rollout } };
  const matrix = Float32Array.from({ length: T * T }, (_, n) => cellAt(Math.floor(n / T), n % T));
  const { run: _, ...info } = method;
  const result = { details: { matrix } } as unknown as Attribution;
  const done = (id: string) => ({ method: id, options: { layer: "last" }, status: "done" as const, result });
  const explanations = { rollout: done("rollout"), chefer: done("chefer"), "attention-flow": done("attention-flow") };
  const state: State = { ...initial, shown, site: 1, methods: [info], explanations, ...rest, own };
  const picture = pictureOf(state, attention)!;
  return { picture, state, shown, T, matrix, attention };
}

const even = (T: number) => () => 1 / T;

describe("both maps", () => {
  test("say what they are of", async () => {
    const { picture } = await pictured(encoder, even(9));
    expect(picture.names).toMatchObject({
      raw: "Raw attention",
      rawAbout: "layer 1, mean of 14 heads",
      flow: "Rollout",
    });
    expect(picture.names.flowAbout).toMatch(/^all 3 layers/);
  });

  test("left-out sinks have no column, and rows of shares are rescaled, relevances not", async () => {
    const hidden = { hideSinks: { ...initial.hideSinks, rollout: true } };
    const { picture, T } = await pictured(encoder, even(9), hidden);
    const sum = (row: Float32Array | null) => row!.reduce((all, value) => all + value, 0);
    expect(picture.leaves && picture.rescales).toBe(true);
    expect(sum(rowAt(picture.flow!, 2))).toBeCloseTo(1, 5);
    expect(rowAt(picture.flow!, 2)![0]).toBe(0);
    expect(rowAt(picture.flow!, 2)![3]).toBeCloseTo(1 / (T - 2), 5);
    expect(sum(rowAt(picture.raw, 2))).toBeCloseTo(1, 3);
    const kept = await pictured(encoder, (i, j) => (i === j ? 1.5 : 0.1), { ...hidden, rollout: { method: "chefer" } });
    expect(kept.picture.rescales).toBe(false);
    expect(rowAt(kept.picture.flow!, 2)![2]).toBeCloseTo(0.5, 6);
    expect(rowAt(kept.picture.flow!, 2)![3]).toBeCloseTo(0.1, 6);
  });

  test("the tokens of a word are added as sources and averaged as rows", async () => {
    const { picture, T } = await pictured(encoder, even(9), { mergeWords: true });
    const { queries } = unitsIn(picture.plan);
    const word = queries.findIndex(({ from, to }) => to - from === 2);
    expect(queries[word]!.label).toBe("underwritten");
    expect(rowAt(picture.flow!, 0)![word]).toBeCloseTo(2 / T, 5);
    expect(rowAt(picture.flow!, word)![0]).toBeCloseTo(1 / T, 5);
  });

  test("rows that weren't worked out are blank", async () => {
    const { picture } = await pictured(decoder, (i, j) => (i === 5 ? Number(j === 2) : Number.NaN), {
      rollout: { method: "attention-flow" },
    });
    expect(rowAt(picture.flow!, 4)).toBeNull();
    expect(rowAt(picture.flow!, 5)).not.toBeNull();
    const { queries, keys } = unitsIn(picture.plan);
    const layout = matrixLayout(400, queries, keys);
    const marks = mapMarks(
      layout,
      palettes.light,
      picture.plan,
      picture.flow!,
      { pinned: null, hovered: null, column: null },
      400,
    );
    const cells = marks.filter((mark) => mark.kind === "rect" && mark.fill !== undefined);
    expect(cells).toHaveLength(6);
  });

  test("a window of a long text holds the same numbers", async () => {
    const text = Array.from({ length: 90 }, (_, i) => `w${i % 7}`).join(" ");
    const value = (i: number, j: number) => (i * 100 + j) / 1e4;
    const { picture, state, shown } = await pictured(encoder, value, { rollout: { from: 70 } }, text);
    const whole = planFor(shown, state.site, { mergeWords: false, hideSinks: false, filter: "all" });
    const from = whole.queries.length - WINDOW;
    expect(picture.plan.queries[0]).toBe(from);
    expect([picture.flow!.reading.rows, picture.flow!.reading.columns]).toEqual([WINDOW, WINDOW]);
    expect(rowAt(picture.flow!, 3)![5]).toBeCloseTo(value(from + 3, from + 5), 5);
    expect(rowOf(picture.plan, { side: "query", index: from - 1 })).toBeNull();
    expect(rowOf(picture.plan, { side: "key", index: from + 4 })).toBe(4);
    expect(windowOf(whole, null, WINDOW)).toBe(whole);
  });
});

describe("what is given away", () => {
  const pin = { side: "query", index: 3 } as const;

  test("the figure as a file", async () => {
    const { picture } = await pictured(encoder, (i, j) => ((i * 7 + j * 3) % 10) / 45, {}, "So underwritten.");
    const scene = rolloutFigure(picture, pin, palettes.light, 900);
    const noPicture = (): string => {
      throw new Error("a picture in a figure of cells");
    };
    await expect(writeSvg(scene, noPicture)).toMatchFileSnapshot("../testing/rollout.svg");
    expect(scene.description).toContain("pinned");
  });

  test("the table holds every cell of both, and the difference", async () => {
    const { picture, matrix, T } = await pictured(encoder, (i, j) => ((i * 7 + j * 3) % 10) / 45);
    const table = rolloutTable(picture, pin);
    const rows = [...table.rows()];
    expect(table.header).toEqual([
      ...["query_position", "query", "key_position", "key", "raw_attention", "rollout", "difference", "pinned"],
    ]);
    expect(rows).toHaveLength(T * T);
    for (const [n, row] of rows.entries()) {
      expect(row[5]).toBeCloseTo(matrix[n]!, 5);
      expect(Number(row[5]) - Number(row[4])).toBeCloseTo(Number(row[6]), 5);
      expect(row[7]).toBe(Number(row[0] === 3));
    }
    expect(rolloutTable({ ...picture, flow: null }, null).header).not.toContain("rollout");
  });

  test("a window's colours are those of what is in it", async () => {
    const { picture } = await pictured(encoder, (_, j) => (j === 0 ? 0.9 : 0.02));
    const narrow = { ...picture.plan, keys: picture.plan.keys.slice(1) };
    const T = picture.plan.units.length;
    const matrix = Float32Array.from({ length: T * T }, (_, n) => (n % T === 0 ? 0.9 : 0.02));
    expect(drawnMap(matrix, narrow, true).full).toBe(0.02);
  });
});
