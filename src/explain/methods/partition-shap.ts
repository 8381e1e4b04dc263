import type { Method, MethodContext, Options } from "../attribution";
import { everyone, gameOf, noone } from "../coalitions";
import { collapsed } from "../collapse";
import { owenValues, runsBelow } from "../owen";
import type { Parameter } from "../parameter";
import { inputRow } from "../passes";
import { patchTree } from "../patch-tree";
import { type Perturbation, perturbationOf, removalParameter, spread } from "../perturbation";
import { randomOf } from "../random";
import { type Piece, treeOf } from "../token-tree";

/** So many coalitions are run between two looks at what is most urgent, where not all can be run. */
const atOnce = 16;

const maskParameter: Parameter = {
  ...(removalParameter as Extract<Parameter, { kind: "choice" }>),
  choices: [
    { id: "auto", label: "mask token, else an ellipsis", of: "text" },
    ...(removalParameter as Extract<Parameter, { kind: "choice" }>).choices.slice(1),
    { id: "ellipsis", label: "one ellipsis a run", of: "text" },
  ],
};

/** Owen values over a tree of the text. */
export const partitionShap: Method = {
  id: "partition-shap",
  label: "Partition SHAP",
  family: "perturbation",
  measures: "What a unit adds to the target, shared out along a tree of the text: phrases first, then their parts.",
  strength: "Words of a phrase stay together, so its texts have fewer holes; far fewer passes than Shapley values.",
  weakness:
    "The tree is a guess, from punctuation and word order or by halving an image, and values depend on it; a long text hits the limit.",
  cost: "at most 500F; less than n² F where the tree is balanced",
  source: "Owen 1977; shap 0.51, PartitionExplainer with the Text and the Image masker",
  note: "shap puts special tokens into its tree and reads masked texts anew; here they stay out, and tokens stay as they are.",
  signed: true,
  parameters: [
    {
      id: "limit",
      label: "Passes at most",
      note: "Where they are spent, what a phrase adds is shared evenly among its words.",
      kind: "number",
      default: 500,
      min: 4,
      max: 20_000,
      step: 1,
    },
    maskParameter,
  ],
  async run(context, options) {
    const { passes, units, seed, onPartial } = context;
    const { players, values } = gameOf(maskedBy(context, options), passes);
    if (players.length === 0) return { values: units.map(() => 0), completeness: { expected: 0, sum: 0 } };
    const { patches } = context.trace.encoding;
    const tree = patches
      ? patchTree(
          players.map((u) => units[u].tokens[0] - patches.first),
          patches,
        )
      : treeOf(piecesOf(context, players));
    const [none, whole] = await values([noone(players), everyone(players)]);
    const most = Math.round(Number(options.limit)) - 2;
    const total = Math.min(runsBelow(tree), most) + 2;
    const found = await owenValues(
      tree,
      // Order is of no account where everything is run.
      { none, whole, most, batch: runsBelow(tree) <= most ? Number.POSITIVE_INFINITY : atOnce, random: randomOf(seed) },
      values,
      (runs, now) => onPartial({ done: runs + 2, total, values: spread(players, now(), units.length) }),
    );
    return {
      values: spread(players, found, units.length),
      completeness: { expected: whole - none, sum: found.reduce((sum, v) => sum + v, 0) },
    };
  },
};

/** As shap masks: by the mask token; by an ellipsis a run where there is none. */
function maskedBy(context: MethodContext, options: Options): Perturbation {
  const { substitutes, trace, target, units, engine } = context;
  const { ellipsis, mask } = substitutes;
  const wanted = options.removal === "auto" && mask === null && ellipsis ? "ellipsis" : options.removal;
  if (wanted !== "ellipsis") return perturbationOf(context, options);
  if (!ellipsis) throw new RangeError("no ellipsis: this model came without a tokenizer; choose another replacement");
  const { players } = perturbationOf(context, { removal: "delete" }); // refuses what deletion can't do either
  const row = inputRow(trace, target);
  return { target, players, without: (gone) => collapsed(row, units, gone, ellipsis, engine.family === "decoder") };
}

/** Units as the tree sees them: parts of a word are known by the word that the tokenizer counted. */
function piecesOf({ trace, units }: MethodContext, players: readonly number[]): Piece[] {
  const { tokens, words, segments } = trace.encoding;
  return players.map((u, p) => {
    const at = units[u].tokens;
    const before = p === 0 ? [] : units[players[p - 1]].tokens;
    const text = at
      .map((t) => tokens[t].replace(/^##/, ""))
      .join("")
      .trim();
    const last = before.at(-1);
    const sameWord = last !== undefined && words[at[0]] !== null && words[at[0]] === words[last];
    const joined = sameWord && /^[A-Za-z]/.test(text) && !/\W$/.test(tokens[last].trim());
    return { text, continues: joined, segment: segments[at[0]] };
  });
}
