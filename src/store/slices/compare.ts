import { METHOD_IDS, type MethodId } from "../method-ids";
import { type Slice, wrong } from "./slice";

/** The methods that Compare holds against each other. */
export interface CompareState {
  readonly methods: readonly MethodId[];
  /** The one that the cursor is on, wherever it is drawn. */
  readonly lit: string | null;
}

/** What runs without being asked: one or two of each family, none of which takes more passes than some tens of texts. */
const initial: CompareState = {
  methods: [
    "raw-attention",
    "rollout",
    "gradient-x-attention",
    "gradient-x-input",
    "integrated-gradients",
    "attn-lrp",
    "leave-one-out",
    "random",
  ],
  lit: null,
};

const same = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

export const compare: Slice<CompareState> = {
  initial,
  link: {
    methods: {
      read(raw) {
        const asked = raw.split(",");
        const methods = METHOD_IDS.filter((id) => asked.includes(id));
        const unknown = asked.find((id) => !METHOD_IDS.some((known) => known === id));
        return unknown === undefined ? { value: { methods } } : wrong(`some of ${METHOD_IDS.join(", ")}`);
      },
      write: ({ methods }) => (same(methods, initial.methods) ? undefined : methods.join(",")),
    },
  },
};
