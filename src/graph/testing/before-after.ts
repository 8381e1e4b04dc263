import { feedsOf, type TokenBatch } from "../../explain/feeds";
import type { Model } from "../../onnx/model";
import { canonicalise } from "../canonicalise";
import { inputsOf } from "../inputs";
import { usedInputs } from "../prune";
import { runModel } from "./run";

/** Logits of a model as the file has it, and as it is written in canonical operators. */
export interface BeforeAfter {
  readonly stock: number[];
  readonly canonical: number[];
  readonly written: Model;
}

/** Runs a model before and after it is written in canonical operators, which may leave inputs without a reader. */
export async function beforeAfter(model: Model, text: TokenBatch): Promise<BeforeAfter> {
  const inputs = inputsOf(model);
  const { model: whole } = canonicalise(model, null);
  const used = usedInputs(whole.graph);
  const written = { ...whole, graph: { ...whole.graph, inputs: whole.graph.inputs.filter((i) => used.has(i.name)) } };
  const logits = async (run: Model, read: typeof inputs): Promise<number[]> =>
    Array.from((await runModel(run, feedsOf(read, text), ["logits"])).logits.data as Float32Array);
  const read = inputs.filter((i) => used.has(i.name));
  return { stock: await logits(model, inputs), canonical: await logits(written, read), written };
}
