import type { Target } from "../../explain/target";
import type { LoadedModel, RunResult } from "../../worker/protocol";
import { tickets } from "../latest";
import type { State } from "../state";
import { type Context, fail, notify } from "./context";

/** With two classes, one is against the other unless the person said otherwise. */
export function withContrast(result: RunResult, asked: Partial<Target> | null, model: LoadedModel): RunResult {
  const { target } = result;
  if (model.labels?.length !== 2 || target.against !== undefined || (asked && "index" in asked)) return result;
  return { ...result, target: { ...target, against: 1 - target.index } };
}

/**
 * `1`, `1@13`, a class by its name, or a token by its text. Null where the model has no such class, and where the text is
 * not one token.
 */
export async function outputOf(
  { explainer }: Pick<Context, "explainer">,
  raw: string,
  { labels, family }: Pick<LoadedModel, "labels" | "family">,
  { candidates }: Pick<RunResult, "candidates">,
): Promise<{ index: number; position?: number } | null> {
  const found = /^(\d+)(?:@(\d+))?$/.exec(raw);
  if (found) return { index: Number(found[1]), ...(found[2] !== undefined && { position: Number(found[2]) }) };
  if (labels) {
    const index = labels.findIndex((label) => label.toLowerCase() === raw.toLowerCase());
    return index < 0 ? null : { index };
  }
  const listed = candidates.find(({ label }) => label === raw) ?? candidates.find(({ label }) => label.trim() === raw);
  if (listed) return { index: listed.index };
  const spellings = family === "decoder" && !raw.startsWith(" ") ? [` ${raw}`, raw] : [raw];
  for (const text of spellings) {
    const { ids, special } = await explainer.encode({ kind: "text", text });
    const own = ids.filter((_, i) => !special[i]);
    if (own.length === 1) return { index: own[0]! };
  }
  return null;
}

const tells = (raw: string, shown: string): string => `The link wants ${raw}, which this model doesn't say. ${shown}`;

/** Reads the target that a link wants, once the model is there to check it against. */
export async function resolveTarget(context: Context): Promise<void> {
  const { wanted, model, shown } = context.get();
  if (!wanted || !model || shown?.origin !== "live") return;
  context.set({ wanted: null });
  const { result } = shown;
  const { as } = wanted;
  const known = (index: number): boolean => model.labels === null || index < model.labels.length;
  const target = wanted.target === null ? null : await outputOf(context, wanted.target, model, result);
  const against = wanted.against ? await outputOf(context, wanted.against, model, result) : null;
  const tokens = result.encoding.ids.length;
  const bad: string[] = [];
  if (wanted.target !== null && (!target || !known(target.index) || (target.position ?? 0) >= tokens))
    bad.push(tells(wanted.target, "The likeliest is explained instead."));
  if (wanted.against && (!against || !known(against.index)))
    bad.push(tells(wanted.against, "Nothing stands against the target."));
  notify(context, ...bad);
  if (bad.length > 0) return;
  const named = wanted.target !== null || wanted.against !== null;
  await retarget(context, {
    ...(named
      ? { ...(target ?? { index: result.target.index }), ...(against && { against: against.index }) }
      : result.target),
    ...(as !== null && { as }),
  });
}

async function retarget(context: Context, target: Partial<Target>): Promise<void> {
  const { shown, model } = context.get();
  if (shown?.origin !== "live" || !model) return;
  const { trace } = shown.result;
  const answer = await context.explainer.retarget(trace, target);
  context.set((state: State) =>
    state.shown?.result.trace === trace
      ? { target, shown: { ...state.shown, result: { ...state.shown.result, ...answer } } }
      : {},
  );
}

/** Which output is explained, and against which. Runs nothing. */
export function targetActions(context: Context) {
  const ticket = tickets();
  const change = async (to: (now: Target) => Partial<Target>): Promise<void> => {
    const { shown } = context.get();
    if (!shown) return;
    const fresh = ticket();
    try {
      await retarget(context, to(shown.result.target));
    } catch (error) {
      if (fresh()) fail(context, error);
    }
  };
  const without = ({ against: _, ...rest }: Target): Target => rest;
  return {
    setTarget: (index: number): Promise<void> =>
      change((now) => (now.against === index ? { ...without(now), index, against: now.index } : { ...now, index })),
    /** On which scale the target is measured. */
    setScale: (as: NonNullable<Target["as"]>): Promise<void> => change((now) => ({ ...now, as })),
    setAgainst: (index: number | null): Promise<void> =>
      change((now) => (index === null ? without(now) : { ...now, against: index })),
    /** The position whose output is read, for models that say something at every token. At another position other tokens are likely, so the likeliest is taken there. */
    setTargetPosition: (position: number): Promise<void> => change(() => ({ position })),
  };
}
