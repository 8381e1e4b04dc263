import { compare } from "../../explain/comparison";
import type { Report } from "./content";

/** Everything that methods found, as the command line and the message protocol have it: a `result`. */
export function writeJson({
  model,
  shown,
  units,
  unit,
  seed,
  methods,
  faithfulness,
  plausibility,
  consistency,
  version,
}: Report): string {
  const { encoding, target, candidates, ms } = shown.result;
  const results = methods.map(({ result }) => result);
  const comparison = results.length > 1 ? compare(results) : null;
  return `${JSON.stringify(
    {
      type: "result",
      version,
      model: { name: model.name, file: model.file, sha256: model.sha256, device: model.device },
      encoding,
      target,
      unit,
      units: units.map(({ from, to, special }) => ({
        tokens: Array.from({ length: to - from }, (_, i) => from + i),
        special,
      })),
      seed,
      candidates,
      ms,
      methods: results.map(({ method, options, values, signed, cost, completeness, details }) => ({
        id: method,
        options,
        values,
        signed,
        passes: { forward: cost.forward, backward: cost.backward },
        ms: cost.ms,
        ...(cost.preparing !== undefined && { preparing: cost.preparing }),
        ...(completeness && { completeness }),
        ...(details?.surrogate && { surrogate: details.surrogate }),
        ...(details?.regions && { regions: details.regions }),
      })),
      ...(comparison && { spearman: comparison.spearman }),
      ...(faithfulness && { faithfulness }),
      ...(plausibility && { plausibility }),
      ...(consistency && { consistency }),
    },
    null,
    2,
  )}\n`;
}
