import type { Value } from "../../onnx/model";
import type { Builder } from "../builder";

/** The rotation's angles by position: caches are [max, r/2], or already gathered [B, S, r/2]. */
export interface Rotation {
  readonly cos: Value;
  readonly sin: Value;
  /** Positions [B, S] or [S]; absent where the caches are gathered. */
  readonly positions?: Value;
  /** [B, S] positions give caches of rank 3; [S] of rank 2. */
  readonly batched: boolean;
  readonly interleaved: boolean;
  /** How many of a head's dimensions turn; 0 for all. */
  readonly width: number;
}

/** Turns x: [B, H, S, d] by its positions: (a·cos - b·sin, b·cos + a·sin) over halves or over neighbours. */
export function rotate(b: Builder, x: Value, rotation: Rotation): Value {
  const gathered = (cache: Value) =>
    rotation.positions ? b.op("Gather", [cache, rotation.positions], { axis: 0 }) : cache;
  const toHeads = (angles: Value) => (rotation.batched ? b.unsqueeze(angles, [1]) : angles); // [B, 1, S, r/2] or [S, r/2]
  const [cos, sin] = [rotation.cos, rotation.sin].map((cache) => toHeads(gathered(cache)));
  const partial = rotation.width > 0;
  const turning = partial ? b.slice(x, 3, 0, rotation.width) : x;
  const turned = rotation.interleaved ? neighbours(b, turning, cos, sin) : halves(b, turning, cos, sin);
  return partial ? b.concat([turned, b.slice(x, 3, rotation.width, Number.MAX_SAFE_INTEGER)], 3) : turned;
}

function turn(b: Builder, even: Value, odd: Value, cos: Value, sin: Value): readonly [Value, Value] {
  return [b.sub(b.mul(even, cos), b.mul(odd, sin)), b.add(b.mul(odd, cos), b.mul(even, sin))];
}

function halves(b: Builder, x: Value, cos: Value, sin: Value): Value {
  const half = b.div(b.dim(x, 3), b.integers([2]));
  return b.concat(turn(b, b.slice(x, 3, 0, half), b.slice(x, 3, half, Number.MAX_SAFE_INTEGER), cos, sin), 3);
}

function neighbours(b: Builder, x: Value, cos: Value, sin: Value): Value {
  const end = Number.MAX_SAFE_INTEGER;
  const pair = turn(b, b.slice(x, 3, 0, end, 2), b.slice(x, 3, 1, end, 2), cos, sin);
  const stacked = b.concat(
    pair.map((part) => b.unsqueeze(part, [4])),
    4,
  ); // [B, H, S, r/2, 2]
  return b.reshape(stacked, [0, 0, 0, -1]);
}
