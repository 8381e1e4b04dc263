import { choice, type Slice, toggle, wrong } from "./slice";

/** How Neuron is drawn. Its layer, head and pinned token are those of Heads. */
export interface NeuronState {
  /** The order of dimensions: as the model has them, or by what they add to the rows on screen. */
  readonly dimensions: "model" | "contribution";
  /** Keys in the order of the text, or by weight. */
  readonly keys: "text" | "weight";
  /** Draws the vectors of queries and keys; products alone otherwise. */
  readonly vectors: boolean;
  /** The key whose meeting with the query the inspector spells out; null takes the strongest. */
  readonly key: number | null;
}

const initial: NeuronState = { dimensions: "model", keys: "text", vectors: true, key: null };

export const neuron: Slice<NeuronState> = {
  initial,
  link: {
    dims: choice("dimensions", ["model", "contribution"], initial.dimensions),
    order: choice("keys", ["text", "weight"], initial.keys),
    key: {
      read: (raw) => (/^\d{1,5}$/.test(raw) ? { value: { key: Number(raw) } } : wrong("a token's position")),
      write: ({ key }) => (key === null ? undefined : `${key}`),
    },
    vectors: toggle("vectors", initial.vectors),
  },
};
