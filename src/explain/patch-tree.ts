import type { PatchGrid } from "../text/encoding";
import { sizeOf, type Tree } from "./token-tree";

/**
 * A tree over patches by their places, whose leaves are numbers of `patches`: the longer side of what is left is halved
 * until patches are alone, as shap's Image masker does it with pixels.
 */
export function patchTree(patches: readonly number[], { columns }: Pick<PatchGrid, "columns">): Tree {
  const places = patches.map((patch) => [Math.floor(patch / columns), patch % columns] as const);
  const build = (some: readonly number[]): Tree => {
    if (some.length === 1) return some[0];
    const ranges = [0, 1].map((axis) => {
      const along = some.map((i) => places[i][axis]);
      return [Math.min(...along), Math.max(...along) + 1];
    });
    const axis = ranges[0][1] - ranges[0][0] >= ranges[1][1] - ranges[1][0] ? 0 : 1;
    const middle = Math.ceil((ranges[axis][0] + ranges[axis][1]) / 2);
    const left = build(some.filter((i) => places[i][axis] < middle));
    const right = build(some.filter((i) => places[i][axis] >= middle));
    return { left, right, size: sizeOf(left) + sizeOf(right) };
  };
  return build(patches.map((_, i) => i));
}
