import type { Tensor } from "../../tensor/tensor";
import type { Encoding } from "../../text/encoding";
import type { MethodContext } from "../attribution";
import type { Passes, PassResult, PassRow, Place } from "../passes";
import { randomOf } from "../random";
import type { Target } from "../target";
import type { SiteInfo, Trace } from "../trace";
import { unitsOf } from "../unit";

export const sizes = { vocabulary: 9, width: 4, heads: 2, layers: 3, classes: 3 } as const;
const { vocabulary, width, heads, layers, classes } = sizes;
const each = width / heads;

/** Values by the names of their places; [T, d] or [H, T, T], row-major. */
type Edit = (place: string, values: Float64Array) => void;

export const nameOf = (place: Place): string =>
  "site" in place ? `${place.at} ${place.site}` : "layer" in place ? `${place.at} ${place.layer}` : place.at;

/**
 * A transformer of three layers in float64, written plainly. Any value inside can be read and changed while it runs, and
 * what depends on it follows: its derivatives are taken by central differences, not by rules.
 */
export class SmallTransformer {
  readonly words: Float64Array; // [V, d]
  private readonly positions: Float64Array;
  private readonly answer: Float64Array; // [d, C]
  private readonly blocks: readonly Record<"q" | "k" | "v" | "o" | "up" | "down", Float64Array>[]; // [d, d] each

  constructor(
    readonly causal: boolean,
    seed = 5,
  ) {
    const { normal } = randomOf(seed);
    const matrix = (rows: number, columns: number) =>
      Float64Array.from({ length: rows * columns }, () => (normal() * 0.8) / Math.sqrt(columns));
    this.words = Float64Array.from({ length: vocabulary * width }, normal);
    this.positions = matrix(12, width);
    this.answer = matrix(width, classes);
    const square = () => matrix(width, width);
    this.blocks = Array.from({ length: layers }, () => ({
      q: square(),
      k: square(),
      v: square(),
      o: square(),
      up: square(),
      down: square(),
    }));
  }

  embeddings(ids: readonly number[]): Float64Array {
    return Float64Array.from({ length: ids.length * width }, (_, i) => {
      const id = ids[Math.floor(i / width)];
      return this.words[id * width + (i % width)];
    });
  }

  /** The answer row for word embeddings [T, d]; `edit` sees every place as it is made and may change it. */
  run(embedding: Float64Array, position: number, edit: Edit = () => {}): Float64Array {
    const words = embedding.slice();
    edit("embedding", words);
    const tokens = words.length / width;
    let stream = words.map((v, i) => v + this.positions[i]);
    edit("residual 0", stream);
    for (let l = 0; l < layers; l++) {
      const block = this.blocks[l];
      const [q, k, v] = [
        times(stream, block.q, tokens),
        times(stream, block.k, tokens),
        times(stream, block.v, tokens),
      ];
      const probs = new Float64Array(heads * tokens * tokens);
      for (let h = 0; h < heads; h++) {
        for (let i = 0; i < tokens; i++) {
          const row = probs.subarray((h * tokens + i) * tokens, (h * tokens + i + 1) * tokens);
          let sum = 0;
          for (let j = 0; j < (this.causal ? i + 1 : tokens); j++) {
            let score = 0;
            for (let d = h * each; d < (h + 1) * each; d++) score += q[i * width + d] * k[j * width + d];
            row[j] = Math.exp((1.5 * score) / Math.sqrt(each));
            sum += row[j];
          }
          for (let j = 0; j < tokens; j++) row[j] /= sum;
        }
      }
      edit(`probs ${l}`, probs);
      const mixed = new Float64Array(heads * tokens * each); // [H, T, dh]
      for (let h = 0; h < heads; h++)
        for (let i = 0; i < tokens; i++)
          for (let j = 0; j < tokens; j++)
            for (let d = 0; d < each; d++)
              mixed[(h * tokens + i) * each + d] += probs[(h * tokens + i) * tokens + j] * v[j * width + h * each + d];
      edit(`heads ${l}`, mixed);
      const joined = new Float64Array(tokens * width);
      for (let h = 0; h < heads; h++)
        for (let i = 0; i < tokens; i++)
          for (let d = 0; d < each; d++) joined[i * width + h * each + d] = mixed[(h * tokens + i) * each + d];
      const module = times(joined, block.o, tokens);
      edit(`module ${l}`, module);
      const middle = stream.map((s, i) => s + module[i]);
      const fed = times(times(middle, block.up, tokens).map(Math.tanh), block.down, tokens);
      stream = middle.map((s, i) => s + fed[i]);
      edit(`residual ${l + 1}`, stream);
    }
    return times(stream.subarray(position * width, (position + 1) * width), this.answer, 1);
  }

  /** The value at a place. */
  value(embedding: Float64Array, target: Target, place: string): Float64Array {
    let found = new Float64Array();
    this.run(embedding, target.position ?? 0, (name, values) => {
      if (name === place) found = values.slice();
    });
    return found;
  }

  /** The value at a place, and the target's derivative by it. */
  at(embedding: Float64Array, target: Target, place: string): { value: Float64Array; gradient: Float64Array } {
    const step = 1e-5;
    const shifted = (i: number, by: number): number => {
      const row = this.run(embedding, target.position ?? 0, (name, values) => {
        if (name === place) values[i] += by;
      });
      return exactValue(row, target);
    };
    const value = this.value(embedding, target, place);
    return { value, gradient: value.map((_, i) => (shifted(i, step) - shifted(i, -step)) / (2 * step)) };
  }
}

/** `targetValue` in float64. */
export function exactValue(row: Float64Array, { index, against, as }: Target): number {
  const sum = row.reduce((s, v) => s + Math.exp(v), 0);
  const one = (i: number) =>
    as === "probability" ? Math.exp(row[i]) / sum : as === "log-probability" ? row[i] - Math.log(sum) : row[i];
  return one(index) - (against === undefined ? 0 : one(against));
}

const times = (a: Float64Array, b: Float64Array, rows: number): Float64Array => {
  const inner = a.length / rows;
  const columns = b.length / inner;
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++)
      for (let j = 0; j < columns; j++) result[i * columns + j] += a[i * inner + k] * b[k * columns + j];
  return result;
};

const dimsOf = (place: Place, tokens: number): number[] =>
  place.at === "probs" ? [heads, tokens, tokens] : place.at === "heads" ? [heads, tokens, each] : [tokens, width];

const tensorOf = (dims: readonly number[], data: Float64Array): Tensor => ({ dtype: "float64", dims, data });

/** What modes other than the gradient multiply it by here, so that a test sees which one was asked for. */
export const modeFactor: Readonly<Record<string, number>> = {
  gradient: 1,
  "attn-lrp": 2,
  "cp-lrp": 3,
  "epsilon-lrp": 5,
  "gamma-lrp": 7,
  "lrp-0": 11,
  "deeplift-captum": 1,
};

/** The model's passes: derivatives by differences; multipliers of DeepLIFT are the mean gradient over the straight path. */
export function smallPasses(model: SmallTransformer): Passes {
  const spent = { forward: 0, backward: 0 };
  const runOf = (row: PassRow): Float64Array => {
    const own = model.embeddings(row.ids);
    if (!row.base) return own;
    const alpha = row.alpha ?? 1;
    return own.map((v, i) => (row.base!.data as Float64Array)[i] * (1 - alpha) + alpha * v);
  };
  return {
    spent,
    pause: async () => {},
    has: (place) => !("site" in place) || place.site < layers,
    embeddings: async (ids) => tensorOf([ids.length, width], model.embeddings(ids)),
    async run(rows, { target, by = [], read = [], mode = "gradient" }, onRow) {
      // in reverse, as any order may come
      for (const [index, row] of [...rows.entries()].reverse()) {
        const embedding = runOf(row);
        const own = { ...target, position: row.position };
        const logits = model.run(embedding, row.position ?? 0);
        spent.forward += mode.startsWith("deeplift") ? 2 : 1;
        if (by.length > 0) spent.backward++;
        const asked = (place: Place, list: readonly Place[]) => {
          if (!list.some((p) => nameOf(p) === nameOf(place))) throw new Error(`not asked for: ${nameOf(place)}`);
        };
        const result: PassResult = {
          value: exactValue(logits, own),
          logit: exactValue(logits, { ...own, as: "logit" }),
          probability: exactValue(logits, { ...own, against: undefined, as: "probability" }),
          row: Float32Array.from(logits),
          read(place) {
            asked(place, read);
            return tensorOf(dimsOf(place, row.ids.length), model.value(embedding, own, nameOf(place)));
          },
          cotangent(place) {
            asked(place, by);
            const gradient =
              mode === "deeplift"
                ? meanGradient(model, model.embeddings(row.ids), row.base!.data as Float64Array, own)
                : model.at(embedding, own, nameOf(place)).gradient.map((g) => g * modeFactor[mode]);
            return tensorOf(dimsOf(place, row.ids.length), gradient);
          },
        };
        onRow(result, index);
      }
    },
  };
}

/** The mean of the gradient by the embedding between two inputs, by Simpson's rule. */
export function meanGradient(
  model: SmallTransformer,
  x: Float64Array,
  base: Float64Array,
  target: Target,
): Float64Array {
  const steps = 16;
  const mean = new Float64Array(x.length);
  for (let k = 0; k <= steps; k++) {
    const weight = (k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2) / (3 * steps);
    const point = x.map((v, i) => base[i] + (k / steps) * (v - base[i]));
    model.at(point, target, "embedding").gradient.forEach((g, i) => {
      mean[i] += weight * g;
    });
  }
  return mean;
}

export const pad = 8;
export const mask = 7;

/** What a method is given, over five tokens: begin, three of which two are a word, end. */
export function smallContext(
  model: SmallTransformer,
  { target, unit = "token" }: { target?: Partial<Target>; unit?: "token" | "word" } = {},
): MethodContext & { progress: { done: number; total: number; values?: readonly number[] }[] } {
  const ids = [0, 3, 5, 4, 1];
  const encoding: Encoding = {
    ids,
    tokens: ids.map(String),
    pieces: ids.map(String),
    offsets: ids.map(() => null),
    mask: ids.map(() => 1),
    segments: ids.map(() => 0),
    special: [true, false, false, false, true],
    words: [null, 0, 0, 1, null],
  };
  const sites = Array.from(
    { length: layers },
    (_, l): SiteInfo => ({ index: l, layer: l, kind: model.causal ? "decoder" : "encoder", heads, kvHeads: heads }),
  );
  const chosen: Target = { position: model.causal ? ids.length - 1 : null, index: 1, ...target };
  const read = (name: string) => model.value(model.embeddings(ids), chosen, name);
  const unread = async () => Promise.reject(new Error("not in this test"));
  const trace: Trace = {
    encoding,
    sites,
    logits: tensorOf([classes], model.run(model.embeddings(ids), chosen.position ?? 0)),
    answers: [],
    async attention(site) {
      return tensorOf([heads, ids.length, ids.length], read(`probs ${site}`));
    },
    queries: unread,
    keys: unread,
    values: unread,
    residual: unread,
  };
  const progress: { done: number; total: number; values?: readonly number[] }[] = [];
  return {
    engine: {
      family: model.causal ? "decoder" : "encoder",
      task: model.causal ? "text-generation" : "text-classification",
      layers,
      sites,
    },
    trace,
    target: chosen,
    passes: smallPasses(model),
    units: unitsOf(encoding, unit),
    substitutes: {
      pad,
      mask,
      unknown: null,
      encode: (text, tokens) => Array.from({ length: tokens }, (_, i) => (i < text.length ? Number(text[i]) : pad)),
    },
    seed: 1,
    onPartial: (p) => progress.push(p),
    progress,
  };
}

/** The model's own number for a target over embeddings. */
export const valueAt = (model: SmallTransformer, embedding: Float64Array, target: Target): number =>
  exactValue(model.run(embedding, target.position ?? 0), target);
