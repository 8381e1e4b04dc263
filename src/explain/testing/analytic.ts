import { float32 } from "../../tensor/tensor";
import type { Encoding } from "../../text/encoding";
import type { MethodContext, Substitutes } from "../attribution";
import type { Passes, PassRow } from "../passes";
import { randomOf } from "../random";
import type { Target } from "../target";
import { type UnitKind, unitsOf } from "../unit";

/** A "model" that is a formula of the row. */
export interface Analytic {
  readonly ids: readonly number[];
  readonly special?: readonly boolean[];
  readonly words?: readonly (number | null)[];
  readonly tokens?: readonly string[];
  readonly unit?: UnitKind;
  readonly position?: number | null;
  readonly causal?: boolean;
  readonly substitutes?: Substitutes;
  readonly seed?: number;
  /** The logit of a row; its probability is the logistic of it. */
  logit(row: PassRow): number;
}

const scaled = (logit: number, { as }: Target): number => {
  const probability = 1 / (1 + Math.exp(-logit));
  return as === "probability" ? probability : as === "log-probability" ? Math.log(probability) : logit;
};

/**
 * What a method is given where a formula stands for the model: rows are answered in an order that changes from run to
 * run, in float64. `rows` are those that were run; `partials` what the method told.
 */
export function analyticContext({ logit, ids, ...given }: Analytic) {
  const special = given.special ?? ids.map(() => false);
  const encoding: Encoding = {
    ids,
    tokens: given.tokens ?? ids.map(String),
    pieces: given.tokens ?? ids.map(String),
    offsets: ids.map(() => null),
    mask: ids.map(() => 1),
    segments: ids.map(() => 0),
    special,
    words: given.words ?? ids.map((_, i) => (special[i] ? null : i)),
  };
  const order = randomOf(99);
  const spent = { forward: 0, backward: 0 };
  const rows: PassRow[] = [];
  const nothing = () => {
    throw new Error("a formula has nothing inside");
  };
  const passes: Passes = {
    spent,
    has: () => false,
    pause: async () => {},
    embeddings: nothing,
    async run(asked, { target }, onRow) {
      for (const index of order.permutation(asked.length)) {
        await Promise.resolve();
        const row = asked[index];
        rows.push(row);
        spent.forward++;
        const value = logit(row);
        onRow(
          {
            value: scaled(value, target),
            logit: value,
            probability: scaled(value, { ...target, as: "probability" }),
            row: Float32Array.of(value),
            read: nothing,
            cotangent: nothing,
          },
          index,
        );
      }
    },
  };
  const partials: { done: number; total: number; values?: readonly number[] }[] = [];
  const context: MethodContext = {
    engine: { family: given.causal ? "decoder" : "encoder", task: "text-classification", layers: 0, sites: [] },
    trace: {
      encoding,
      sites: [],
      logits: float32([1], [0]),
      answers: [],
      attention: nothing,
      queries: nothing,
      keys: nothing,
      values: nothing,
      residual: nothing,
    },
    target: { position: given.position ?? null, index: 0 },
    passes,
    units: unitsOf(encoding, given.unit ?? "token"),
    substitutes: given.substitutes ?? { pad: 0, mask: 1, unknown: 2 },
    seed: given.seed ?? 0,
    onPartial: (progress) => void partials.push(progress),
  };
  return { context, rows, partials, spent };
}

/** A formula in which every token counts, places count, and neighbours and pairs count together. */
export function tangled({ ids }: PassRow): number {
  let sum = 0.3;
  ids.forEach((id, i) => {
    sum += Math.sin(id * 1.7 + 0.1 * i) * (id > 2 ? 1 : 0.2);
    if (i > 0) sum += 0.4 * Math.cos(id * ids[i - 1]);
  });
  return sum + (ids.includes(11) && ids.includes(13) ? 1.5 : 0) - (ids.includes(12) && ids.includes(15) ? 0.8 : 0);
}
