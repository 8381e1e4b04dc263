import type { Attribution, Options } from "../explain/attribution";
import { optionsOf } from "../explain/parameter";
import type { Target } from "../explain/target";
import type { Failure } from "../worker/protocol";
import type { State } from "./state";

/** How a method stands on what is shown. */
export type Explanation = {
  readonly method: string;
  /** Complete, as the method runs with them. */
  readonly options: Options;
} & (
  | { readonly status: "waiting" }
  | {
      readonly status: "running";
      readonly done: number;
      /** Passes; 0 until they are counted. */
      readonly total: number;
      /** One value a unit as they converge; null until there are some. */
      readonly values: readonly number[] | null;
    }
  | { readonly status: "done"; readonly result: Attribution }
  | { readonly status: "failed"; readonly failure: Failure }
  /** The person stopped it; it runs again only when asked. */
  | { readonly status: "stopped" }
);

/** What a method would run with now: what was chosen for it, and its defaults. */
export const optionsFor = ({ methods, methodOptions }: Pick<State, "methods" | "methodOptions">, id: string): Options =>
  optionsOf(methods.find((m) => m.id === id)?.parameters ?? [], methodOptions[id]);

/** Of what a link sets, what methods really take, without what is their default anyway. */
export function checkedOptions(
  methods: State["methods"],
  given: State["methodOptions"],
): { readonly kept: State["methodOptions"]; readonly notices: readonly string[] } {
  const notices: string[] = [];
  const kept: Record<string, Options> = {};
  for (const [id, options] of Object.entries(given)) {
    const parameters = methods.find((m) => m.id === id)?.parameters ?? [];
    for (const [option, value] of Object.entries(options))
      try {
        optionsOf(parameters, { [option]: value });
        if (parameters.some((p) => p.id === option && p.default !== value)) kept[id] = { ...kept[id], [option]: value };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        notices.push(`The link sets ${id}: ${error.message}. It is left out.`);
      }
  }
  return { kept, notices };
}

export const sameOptions = (a: Options, b: Options): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([id, value]) => b[id] === value);

/** Whether explanations of one state are explanations of the other: of the same pass, target, units and draws. */
export function sameSubject(a: State, b: State): boolean {
  if (a.unit !== b.unit || a.seed !== b.seed) return false;
  if (a.shown === b.shown) return true;
  const [x, y] = [a.shown?.result, b.shown?.result];
  return x?.trace === y?.trace && sameTarget(x?.target, y?.target);
}

const sameTarget = (a: Target | undefined, b: Target | undefined): boolean =>
  a?.position === b?.position && a?.index === b?.index && a?.against === b?.against && a?.as === b?.as;

/** The results that are there, in the order in which methods are listed. */
export const resultsOf = ({ methods, explanations }: Pick<State, "methods" | "explanations">): Attribution[] =>
  methods.flatMap(({ id }) => {
    const explanation = explanations[id];
    return explanation?.status === "done" ? [explanation.result] : [];
  });
