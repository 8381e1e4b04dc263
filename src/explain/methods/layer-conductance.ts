import type { Method } from "../attribution";
import { baselineOf, baselineParameters } from "../baseline";
import { inputRow, valuesOf } from "../passes";
import { numbersOf, sumOf } from "../per-token";
import { gaussLegendre, trapezoid } from "../quadrature";
import { streamAt, streamParameter } from "../stream";
import { summed } from "../unit";

type Numbers = Float32Array | Float64Array;
interface Look {
  readonly activation: Numbers;
  readonly gradient: Numbers;
}

/** What flows through a layer's positions on the straight way from a baseline to the input. */
export const layerConductance: Method = {
  id: "layer-conductance",
  label: "Layer conductance",
  family: "gradient",
  measures: "How much of the difference from the baseline passes through what a layer holds at each position.",
  strength: "It is integrated gradients inside the model: the values of a layer sum to what the input changes.",
  weakness:
    "After a few layers a position is a mixture of tokens; it needs a baseline, and more steps than at the input.",
  cost: "21F + 21B + 2F",
  source:
    "Dhamdhere, Sundararajan and Yan 2018, arXiv:1805.12233; by differences as Shrikumar et al. 2018, arXiv:1807.09946",
  signed: true,
  parameters: [
    streamParameter("middle"),
    { id: "steps", label: "Steps", kind: "number", default: 20, min: 1, max: 1000, step: 1 },
    {
      id: "rule",
      label: "Rule",
      note: "Captum counts each step by the gradient at its start, at Gauss-Legendre nodes without their weights, and leaves out both ends.",
      kind: "choice",
      default: "trapezoid",
      choices: [
        { id: "trapezoid", label: "trapezoid" },
        { id: "captum", label: "left ends, as Captum" },
      ],
    },
    ...baselineParameters,
  ],
  async run(context, options) {
    const { trace, target, passes, units, onPartial } = context;
    const row = inputRow(trace, target);
    const place = streamAt(context, options.layer);
    const base = await baselineOf(context, options);
    const captum = options.rule === "captum";
    const total = Number(options.steps) + 1;
    const { nodes } = captum ? gaussLegendre(total) : trapezoid(total);
    const tokens = row.ids.length;
    const perToken = new Float64Array(tokens);
    const step = (from: Look, to: Look) => {
      const width = from.activation.length / tokens;
      for (let i = 0; i < from.activation.length; i++) {
        const gradient = captum ? from.gradient[i] : (from.gradient[i] + to.gradient[i]) / 2;
        perToken[Math.floor(i / width)] += gradient * (to.activation[i] - from.activation[i]);
      }
    };
    const [own, fromBase] = await valuesOf(passes, [row, { ...row, base, alpha: 0 }], target);
    const looks: (Look | undefined)[] = new Array(total).fill(undefined);
    const stepped = new Uint8Array(total);
    /** Counts the step from k to k + 1 when both are there; a look is let go of when both its steps are counted. */
    const count = (k: number) => {
      const [from, to] = [looks[k], looks[k + 1]];
      if (!from || !to) return;
      step(from, to);
      stepped[k] = 1;
      for (const at of [k, k + 1])
        if ((at === 0 || stepped[at - 1]) && (at === total - 1 || stepped[at])) looks[at] = undefined;
    };
    let done = 0;
    await passes.run(
      Array.from(nodes, (alpha) => ({ ...row, base, alpha })),
      { target, by: [place], read: [place] },
      (result, k) => {
        looks[k] = { activation: numbersOf(result.read(place)), gradient: numbersOf(result.cotangent(place)) };
        count(k - 1);
        count(k);
        done++;
        onPartial({ done, total, values: summed(units, perToken) });
      },
    );
    const values = summed(units, perToken);
    return { values, completeness: { expected: own - fromBase, sum: sumOf(values) } };
  },
};
