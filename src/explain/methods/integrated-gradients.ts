import type { Method } from "../attribution";
import { baselineOf, baselineParameters, endsOf } from "../baseline";
import { inputRow } from "../passes";
import { addScaled, dots, sumOf } from "../per-token";
import { captumTrapezoid, gaussLegendre, spreadOrder, trapezoid } from "../quadrature";
import { summed } from "../unit";

const rules = { gausslegendre: gaussLegendre, trapezoid, riemann_trapezoid: captumTrapezoid };

/** Gradients by the word embeddings, averaged over the straight way from a baseline to the input. */
export const integratedGradients: Method = {
  id: "integrated-gradients",
  label: "Integrated gradients",
  family: "gradient",
  measures: "What each token adds to the target on the straight way from a baseline to this input.",
  strength: "The values sum to the difference that the input makes against the baseline, and the gap is shown.",
  weakness: "Another baseline gives another answer, and the way there leads through embeddings that are no text.",
  cost: "50F + 50B + 2F",
  source: "Sundararajan, Taly and Yan 2017, arXiv:1703.01365; Gauss-Legendre rule as Captum",
  signed: true,
  parameters: [
    { id: "steps", label: "Steps", kind: "number", default: 50, min: 2, max: 1000, step: 1 },
    {
      id: "rule",
      label: "Rule",
      note: "Captum's riemann_trapezoid has weights that sum to 1 - 1/steps, so that its sum falls short.",
      kind: "choice",
      default: "gausslegendre",
      choices: [
        { id: "gausslegendre", label: "Gauss-Legendre" },
        { id: "trapezoid", label: "trapezoid" },
        { id: "riemann_trapezoid", label: "riemann_trapezoid, as Captum" },
      ],
    },
    ...baselineParameters,
  ],
  async run(context, options) {
    const { trace, target, passes, units, onPartial } = context;
    const row = inputRow(trace, target);
    const base = await baselineOf(context, options);
    const { way, own, fromBase } = await endsOf(passes, row, base, target);
    const { nodes, weights } = rules[options.rule as keyof typeof rules](Number(options.steps));
    // spread over the way, so that what there is early is an estimate of the whole
    const order = spreadOrder(nodes.length);
    const gradients = new Float64Array(way.length); // Σ w ∇
    let counted = 0;
    const valuesAt = (factor: number) =>
      summed(
        units,
        dots(way, gradients, row.ids.length).map((v) => v * factor),
      );
    let done = 0;
    await passes.run(
      order.map((k) => ({ ...row, base, alpha: nodes[k] })),
      { target, by: [{ at: "embedding" }] },
      (result, i) => {
        const weight = weights[order[i]];
        addScaled(gradients, result.cotangent({ at: "embedding" }), weight);
        counted += weight;
        done++;
        if (done < order.length) onPartial({ done, total: order.length, values: valuesAt(1 / counted) });
      },
    );
    const values = valuesAt(1);
    onPartial({ done, total: order.length, values });
    return { values, completeness: { expected: own - fromBase, sum: sumOf(values) } };
  },
};
