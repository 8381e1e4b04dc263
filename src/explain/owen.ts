import type { Coalition } from "./coalitions";
import type { Random } from "./random";
import { leavesOf, sizeOf, type Tree } from "./token-tree";

/** A node that waits: what it adds to those that are there (`with`), in one context. */
interface Waiting {
  readonly tree: Tree;
  /** Who is there beside it. */
  readonly context: Coalition;
  readonly without: number;
  readonly with: number;
  readonly weight: number;
  readonly tie: number;
}

const urgency = ({ without, with: there, weight }: Waiting): number => Math.abs(there - without) * weight;

/** How many coalitions Owen values take below `tree`: every node runs two in each of its contexts, which double a level down. */
export const runsBelow = (tree: Tree, contexts = 1): number =>
  typeof tree === "number"
    ? 0
    : 2 * contexts + runsBelow(tree.left, 2 * contexts) + runsBelow(tree.right, 2 * contexts);

/**
 * Owen values over a tree (Owen 1977, as shap's PartitionExplainer takes them): what a node adds is shared by its children,
 * each with and without the other there, half and half. Nodes that add most go first; where `most` runs are spent, the
 * rest is shared evenly among the leaves below.
 *
 * @param none, whole what nobody and everybody are worth
 * @param worth runs coalitions, as many at a time as `batch` allows
 * @param onPart is told the values as they stand
 */
export async function owenValues(
  tree: Tree,
  { none, whole, most, batch, random }: { none: number; whole: number; most: number; batch: number; random: Random },
  worth: (coalitions: readonly Coalition[]) => Promise<ArrayLike<number>>,
  onPart: (runs: number, values: () => number[]) => void = () => {},
): Promise<number[]> {
  const players = sizeOf(tree);
  const values = new Array<number>(players).fill(0);
  const waiting: Waiting[] = [
    { tree, context: new Uint8Array(players), without: none, with: whole, weight: 1, tie: 0 },
  ];
  const share = (to: number[], { tree, without, with: there, weight }: Waiting): void => {
    const leaves = leavesOf(tree);
    for (const leaf of leaves) to[leaf] += ((there - without) * weight) / leaves.length;
  };
  const asTheyStand = () => {
    const now = [...values];
    for (const node of waiting) share(now, node);
    return now;
  };
  let runs = 0;
  while (waiting.length > 0 && runs < most) {
    const nodes: (Waiting & { readonly tree: Exclude<Tree, number> })[] = [];
    waiting.sort((a, b) => urgency(b) - urgency(a) || a.tie - b.tie);
    while (waiting.length > 0 && 2 * nodes.length < batch && runs + 2 * nodes.length < most) {
      const node = waiting.shift() as Waiting;
      if (typeof node.tree === "number") share(values, node);
      else nodes.push({ ...node, tree: node.tree });
    }
    const coalitions = nodes.flatMap(({ tree, context }) => [joined(context, tree.left), joined(context, tree.right)]);
    const found = coalitions.length > 0 ? await worth(coalitions) : [];
    runs += coalitions.length;
    nodes.forEach(({ tree, context, without, with: there, weight }, i) => {
      const [left, right] = [found[2 * i], found[2 * i + 1]];
      const add = (tree: Tree, context: Coalition, without: number, there: number) =>
        waiting.push({ tree, context, without, with: there, weight: weight / 2, tie: random.uniform() });
      add(tree.left, context, without, left);
      add(tree.right, context, without, right);
      add(tree.left, coalitions[2 * i + 1], right, there);
      add(tree.right, coalitions[2 * i], left, there);
    });
    onPart(runs, asTheyStand);
  }
  return asTheyStand();
}

function joined(context: Coalition, tree: Tree): Coalition {
  const coalition = context.slice();
  for (const leaf of leavesOf(tree)) coalition[leaf] = 1;
  return coalition;
}
