import type { Attribution, Method, MethodContext, Options } from "./attribution";
import { inputKind, optionsOf, parametersFor } from "./parameter";

/**
 * Runs one method and says what it cost: the passes that it ran beyond the trace's own, and the time by `now` in ms, which
 * has to be the clock of the passes too.
 * @throws what the method throws; RangeError for options that it hasn't
 */
export async function attribute(
  method: Method,
  context: MethodContext,
  given: Options,
  now: () => number,
): Promise<Attribution> {
  const options = optionsOf(parametersFor(method.parameters, inputKind(context.engine)), given);
  const { passes, trace, target, units } = context;
  const before = { ...passes.spent };
  const started = now();
  const { values, completeness, details } = await method.run(context, options);
  const preparing = (passes.spent.preparing ?? 0) - (before.preparing ?? 0);
  const ms = now() - started - preparing;
  if (values.length !== units.length)
    throw new Error(`wrong number of values: ${method.id} gave ${values.length} for ${units.length} units`);
  return {
    method: method.id,
    options,
    target,
    encoding: trace.encoding,
    units,
    values,
    signed: method.signed,
    ...(completeness ? { completeness } : {}),
    ...(details ? { details } : {}),
    cost: {
      forward: passes.spent.forward - before.forward,
      backward: passes.spent.backward - before.backward,
      ms,
      ...(preparing > 0 ? { preparing } : {}),
    },
  };
}
