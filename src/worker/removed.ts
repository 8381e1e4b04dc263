import type { MethodContext } from "../explain/attribution";
import { candidatesIn, type Vocabulary } from "../explain/candidates";
import type { Engine } from "../explain/engine";
import { inputRow, type PassResult } from "../explain/passes";
import { perturbationOf } from "../explain/perturbation";
import { removerOf } from "../explain/removal";
import { fail } from "./failure";
import type { Without, WithoutRequest } from "./protocol";

type Given = Pick<MethodContext, "trace" | "target" | "passes" | "units" | "substitutes"> & {
  readonly engine: Engine;
  readonly vocabulary: Vocabulary;
};

/**
 * What the model says of a text without some of its units.
 * @throws bad-input for units that aren't there, a token that the vocabulary lacks, or where nothing is left that answers
 */
export async function answerWithout(
  given: Given,
  { units, removal }: Pick<WithoutRequest, "units" | "removal">,
): Promise<Without> {
  const { engine, trace, target, passes, vocabulary } = given;
  const missing = units.find((unit) => !given.units[unit]);
  if (missing !== undefined) throw fail("bad-input", `no such unit: ${missing} of ${given.units.length}`);
  const row = perturbationOf(given, { removal, drop: "asked" }).without(units);
  if (!row) throw fail("bad-input", "no answer: without it nothing is left that the model could answer at");
  const results: PassResult[] = [];
  await passes.run([inputRow(trace, target), row], { target }, (result, i) => {
    results[i] = result;
  });
  const [before, after] = results as [PassResult, PassResult];
  const { token } = removerOf(given, removal);
  const asked = target.against === undefined ? [target.index] : [target.index, target.against];
  return {
    token: token === null ? null : vocabulary.token(token),
    candidates: candidatesIn(engine, trace, after.row, asked, vocabulary),
    before: before.value,
    after: after.value,
  };
}
