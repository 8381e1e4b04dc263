import type { Attribution, MethodInfo } from "../../explain/attribution";
import { methods } from "../../explain/methods";
import { optionsOf } from "../../explain/parameter";
import { unitsOf } from "../../explain/unit";
import type { Encoding } from "../../text/encoding";
import type { ExplainEvent, ExplainRequest } from "../../worker/protocol";
import { noise } from "./noise";

/** The real methods, of which the synthetic explainer only makes the values up. */
export const syntheticMethods = (): MethodInfo[] => methods.map(({ run: _, ...info }) => info);

const numberOf = (text: string): number => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 65_521, 7);

/** Made-up values that depend on method, options, target and seed, and tell as the worker does. */
export async function syntheticExplain(
  encoding: Encoding,
  { target, unit, methods: asked, seed }: ExplainRequest,
  gate: (call: string) => Promise<void>,
  onEvent: (event: ExplainEvent) => void,
): Promise<void> {
  const units = unitsOf(encoding, unit);
  const known = syntheticMethods();
  for (const [slot, { id, options: given }] of asked.entries()) {
    onEvent({ slot, kind: "progress", done: 0, total: 0 });
    const method = known.find((m) => m.id === id);
    if (!method) {
      onEvent({ slot, kind: "failure", failure: { code: "internal", message: `unknown method: ${id}` } });
      continue;
    }
    const options = optionsOf(method.parameters, given);
    const key = numberOf(`${id} ${JSON.stringify(options)} ${target.index} ${target.against} ${seed}`);
    const values = units.map(({ special }, i) =>
      special ? 0 : (noise(key, i) - (method.signed ? 0.35 : 0)) * (noise(i, 5) + 0.2),
    );
    onEvent({ slot, kind: "progress", done: units.length, total: 2 * units.length, values: values.map((v) => v / 2) });
    await gate(`explain ${id}`);
    const result: Attribution = {
      ...{ method: id, options, target, encoding, units, values },
      signed: method.signed,
      cost: {
        forward: 2 * units.length,
        backward: method.family === "gradient" ? units.length : 0,
        ms: 40 + (key % 200),
      },
    };
    onEvent({ slot, kind: "result", result });
  }
}
