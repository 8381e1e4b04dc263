import { version } from "../../../package.json";
import type { Attribution, MethodInfo } from "../../explain/attribution";
import type { Faithfulness } from "../../explain/faithfulness";
import { measurePlausibility, type PlausibilityResult } from "../../explain/marks";
import type { Result } from "../../explain/result";
import { resultsOf } from "../../store/explanation";
import type { Shown, State } from "../../store/state";
import type { Unit } from "../../store/units";
import type { LoadedModel } from "../../worker/protocol";
import { isText, marksIn } from "../compare/judged";
import { OFF_MANIFOLD } from "../occlusion/picture";
import { unitsFor } from "../shared/explaining";
import { PATCHES_NOTE, PATENT_NOTE } from "../shared/MethodNotes";
import { scaleOf, targetWords } from "../shared/target";

/** A method that has explained what is shown. */
export interface Reported {
  readonly method: MethodInfo;
  readonly result: Attribution;
}

/** What a report says, before it is written. */
export interface Report {
  readonly title: string;
  /** When it was made, ISO 8601. */
  readonly made: string;
  readonly version: string;
  readonly model: LoadedModel;
  readonly runtime: string;
  readonly input: {
    readonly text: string | null;
    readonly pair: string | null;
    readonly ids: readonly number[];
    /** What the image was called, of a model that reads images. */
    readonly image: string | null;
  };
  readonly shown: Shown;
  /** What is explained, in words. */
  readonly target: string;
  readonly unit: State["unit"];
  readonly seed: number;
  readonly units: readonly Unit[];
  readonly methods: readonly Reported[];
  /** Methods that could not run here, and why. */
  readonly failed: readonly { readonly method: MethodInfo; readonly why: string }[];
  readonly faithfulness: Faithfulness | null;
  /** How well they agree with the tokens that the person marked; null where none is. */
  readonly plausibility: PlausibilityResult | null;
  /** Whether they say the same of the person's paraphrases; null where that wasn't measured. */
  readonly consistency: NonNullable<Result["consistency"]> | null;
  readonly marked: readonly number[];
  readonly caveats: readonly string[];
  /** Lines for a shell that repeat it. */
  readonly commands: readonly string[];
  /** The page at this state; null where the model has no address. */
  readonly link: string | null;
}

/** A word for a shell: quoted where it must be. */
const quoted = (word: string): string => (/^[\w./@:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The command that gives the same numbers, under Node. */
export function commandOf(
  {
    model,
    shown,
    unit,
    seed,
    methods,
    marked = [],
    consistency = null,
  }: Pick<Report, "model" | "shown" | "unit" | "seed" | "methods"> & Partial<Pick<Report, "marked" | "consistency">>,
  { text, pair, image }: Pick<Report["input"], "text" | "pair" | "image">,
  source: State["source"],
): string | null {
  const given = image === null ? text && ["--text", text] : ["--image", image];
  if (!given || methods.length === 0) return null;
  const { index, against, position } = shown.result.target;
  const named = (output: number): string => model.labels?.[output] ?? `${output}`;
  const place = source?.kind === "shipped" ? `models/${source.id}` : (model.id ?? model.name);
  const options = methods.flatMap(({ method, result }) =>
    method.parameters.flatMap(({ id, default: usual }) =>
      result.options[id] === usual ? [] : ["--option", `${method.id}.${id}=${result.options[id]}`],
    ),
  );
  const words = [
    ...[place, ...given, ...(pair === null ? [] : ["--pair", pair])],
    ...methods.flatMap(({ method }) => ["--method", method.id]),
    ...["--target", named(index), ...(against === undefined ? [] : ["--against", named(against)])],
    ...(position === null ? [] : ["--position", `${position}`]),
    ...(scaleOf(shown.result.target) === "logit" ? [] : ["--as", scaleOf(shown.result.target)]),
    ...(unit === "token" ? [] : ["--unit", unit]),
    ...(seed === 0 ? [] : ["--seed", `${seed}`]),
    ...(marked.length === 0 ? [] : ["--marked", marked.join(",")]),
    ...(consistency?.paraphrases ?? []).flatMap((text) => ["--paraphrase", text]),
    ...["--file", model.file, ...options, "--json"],
  ];
  return `npm run explain -- ${words.map(quoted).join(" ")}`;
}

function caveatsOf(
  methods: readonly Reported[],
  texts: number,
  judged: Pick<Report, "plausibility" | "consistency">,
  image: boolean,
): string[] {
  const has = (...families: readonly MethodInfo["family"][]): boolean =>
    methods.some(({ method }) => families.includes(method.family));
  return [
    "This is one input. What holds for it need not hold for another.",
    `Correlations and their p are over the ${texts} units of it; they say whether methods rank them alike, not whether they are right.`,
    ...(has("attention") ? ["Attention says where the model looks. It is not why the model answers."] : []),
    ...(has("perturbation") ? [OFF_MANIFOLD] : []),
    ...(methods.some(({ result }) => result.completeness)
      ? [
          "Where a method promises that its values add up to the answer, the gap is printed. Over 5% it should not be relied on.",
        ]
      : []),
    ...(judged.plausibility
      ? ["Agreement with what a person marked says whether reasons convince, not whether they are the model's."]
      : []),
    ...(judged.consistency
      ? ["Consistency counts only paraphrases of which the model says the same, and only words that the texts share."]
      : []),
    ...(image ? [PATCHES_NOTE] : []),
    ...(has("relevance") ? [PATENT_NOTE] : []),
  ];
}

/** What there is to report; null where nothing has been explained. */
export function reportOf(
  state: State,
  { now, agent, link }: { readonly now: Date; readonly agent: string; readonly link: string },
): Report | null {
  const { shown, model, text, pair, source, unit, seed, measuring, paraphrasing } = state;
  if (shown?.origin !== "live" || !model) return null;
  const info = (id: string) => state.methods.find((method) => method.id === id);
  const methods = resultsOf(state).flatMap((result) => {
    const method = info(result.method);
    return method ? [{ method, result }] : [];
  });
  if (methods.length === 0) return null;
  const units = unitsFor(shown, unit);
  const image = shown.result.seen?.name ?? null;
  const input = {
    image,
    text: model.tokenizer && image === null ? text : null,
    pair: model.pairs && pair && image === null ? pair : null,
    ids: shown.result.encoding.ids,
  };
  const marked = isText(shown) ? marksIn(state, shown) : [];
  const results = methods.map(({ result }) => result);
  const judged = {
    marked,
    plausibility: marked.length > 0 ? measurePlausibility(results, marked) : null,
    consistency:
      paraphrasing?.status === "done" ? { paraphrases: paraphrasing.paraphrases, ...paraphrasing.result } : null,
  };
  const base = { model, shown, unit, seed, methods, ...judged };
  const command = commandOf(base, input, source);
  return {
    ...base,
    title: `What ${model.name} goes by`,
    made: now.toISOString(),
    version,
    runtime: `${model.device === "webgpu" ? "WebGPU" : `WebAssembly, ${model.threads} ${model.threads === 1 ? "thread" : "threads"}`}, ${agent}`,
    input,
    target: targetWords(shown),
    units,
    failed: Object.values(state.explanations).flatMap((each) => {
      const method = info(each.method);
      return each.status === "failed" && method ? [{ method, why: each.failure.message }] : [];
    }),
    faithfulness: measuring?.status === "done" ? measuring.result : null,
    caveats: caveatsOf(methods, units.filter(({ special }) => !special).length, judged, image !== null),
    commands: command === null ? [] : [command],
    link: source?.kind === "files" ? null : link,
  };
}
