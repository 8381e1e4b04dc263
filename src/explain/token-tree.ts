/** A tree over 0 … n - 1 in their order: a leaf is its number. */
export type Tree = number | { readonly left: Tree; readonly right: Tree; readonly size: number };

export const sizeOf = (tree: Tree): number => (typeof tree === "number" ? 1 : tree.size);

/** The numbers of a tree's leaves, in their order. */
export const leavesOf = (tree: Tree): number[] =>
  typeof tree === "number" ? [tree] : [...leavesOf(tree.left), ...leavesOf(tree.right)];

/** A piece of text, as the tree is built of it. */
export interface Piece {
  /** Without spaces around it. */
  readonly text: string;
  /** Goes on with the word of the piece before. */
  readonly continues: boolean;
  /** Which of two texts it is of; their trees meet at the top. */
  readonly segment: number;
}

interface Group {
  readonly tree: Tree;
  readonly pieces: readonly Piece[];
}

const connectors = new Set(["but", "and", "or"]);
const ends = new Set([".", "?", "!"]);
const isControl = ({ text }: Piece): boolean => text.startsWith("[") && text.endsWith("]");

/**
 * What speaks for joining two neighbouring groups, after the heuristic of shap's text masker: parts of a word first, then
 * apostrophes, small groups before large ones; late over conjunctions, commas, ends of sentences and open brackets.
 *
 * @param closed brackets that have found their other half
 */
function scoreOf(a: Group, b: Group, closed: ReadonlySet<Piece>): number {
  const [first, last] = [a.pieces[0], a.pieces[a.pieces.length - 1]];
  const [next, end] = [b.pieces[0], b.pieces[b.pieces.length - 1]];
  const alone = b.pieces.length === 1;
  const ending = (piece: Piece) => piece.text === "t" || piece.text === "s";
  let score = -(a.pieces.length + b.pieces.length);
  if (last.segment !== next.segment) return Number.NEGATIVE_INFINITY;
  if (next.continues) score += 20;
  if (next.text === "'" && (alone || (b.pieces.length === 2 && ending(end)))) score += 15;
  if (last.text === "'" && ending(next)) score += 15;
  if (isControl(first) !== isControl(end)) score -= 1000;
  if (next.text === "(" && !closed.has(next)) score -= 100;
  if (last.text === ")" && !closed.has(last)) score -= 100;
  if (first.text === "(") score -= 2;
  if (connectors.has(last.text) || connectors.has(next.text)) score -= 2;
  if (last.text === ",") score -= 10;
  if (next.text === ",") score -= alone ? 1 : 10;
  if (ends.has(last.text)) score -= 20;
  if (ends.has(next.text)) score -= alone ? 1 : 20;
  return score;
}

/** Joins the best-scored neighbours, the first of equals, until one tree is left. */
export function treeOf(pieces: readonly Piece[]): Tree {
  const groups: Group[] = pieces.map((piece, i) => ({ tree: i, pieces: [piece] }));
  const closed = new Set<Piece>();
  const scores = groups.slice(1).map((group, i) => scoreOf(groups[i], group, closed));
  while (groups.length > 1) {
    const at = scores.reduce((best, score, i) => (score > scores[best] ? i : best), 0);
    const [a, b] = [groups[at], groups[at + 1]];
    const joined: Group = {
      tree: { left: a.tree, right: b.tree, size: sizeOf(a.tree) + sizeOf(b.tree) },
      pieces: [...a.pieces, ...b.pieces],
    };
    const [open, close] = [joined.pieces[0], joined.pieces[joined.pieces.length - 1]];
    if (open.text === "(" && close.text === ")") closed.add(open).add(close);
    groups.splice(at, 2, joined);
    scores.splice(at, 1);
    if (at > 0) scores[at - 1] = scoreOf(groups[at - 1], joined, closed);
    if (at < scores.length) scores[at] = scoreOf(joined, groups[at + 1], closed);
  }
  return groups[0].tree;
}
