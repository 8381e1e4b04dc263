import type { Node } from "../../onnx/model";
import type { Canonical } from "../canonicalise";
import { GraphError } from "../error";
import type { Flow } from "./flow";
import type { Tap } from "./sites";

/** The fewest heads that the keys had before they were repeated for their groups. */
export function kvHeadsOf(canonical: Canonical, flow: Flow, k: Tap, heads: number): number {
  const { facts } = canonical;
  const count = (value: string) => facts.dims(value)?.reduce((n, d) => n * d, 1) ?? Number.POSITIVE_INFINITY;
  const whole = count(k.value);
  let least = whole;
  let value = k.value;
  for (;;) {
    const node = flow.producer.get(value);
    if (
      !node ||
      !["Transpose", "Reshape", "Expand", "Tile", "Unsqueeze", "Squeeze", "Cast", "Identity", "Mul", "Div"].includes(
        node.opType,
      )
    )
      break;
    const next = node.inputs.find((v) => flow.has(v));
    if (next === undefined) break;
    value = next;
    least = Math.min(least, count(value));
  }
  const mine = k.layout.heads;
  return Math.max(1, Math.min(heads, Math.round((mine * least) / whole)));
}

/** The number of heads on each axis of a value, counted from the last axis on; 1 where there is none. */
function headSizes({ facts, point }: Canonical, { value, layout }: Tap, tokens: number): number[] {
  const dims = facts.dims(value) as readonly number[];
  return dims
    .map((d, i) => {
      const roles = layout.axes[i];
      if (!roles.includes("head")) return 1;
      return roles.includes("batch") ? d / point.batch : roles.includes("token") ? d / tokens : d;
    })
    .reverse();
}

/**
 * For each head of a product's first value, the head of its second value that it is multiplied with: axes that hold one
 * head are used by all.
 */
export function headOf(
  canonical: Canonical,
  [first, second]: readonly [Tap, Tap],
  { heads, tokens }: { readonly heads: number; readonly tokens: number },
  product: Node,
): readonly number[] {
  const [own, other] = [first, second].map((tap) => headSizes(canonical, tap, tokens));
  if (own.reduce((n, d) => n * d, 1) !== heads || other.some((d, i) => d > 1 && d !== own[i]))
    throw new GraphError("unclear layout", `${heads} heads on axes of ${own} and ${other}`, product);
  return Array.from({ length: heads }, (_, head) => {
    let rest = head;
    let index = 0;
    let stride = 1;
    own.forEach((size, i) => {
      if (other[i] > 1) {
        index += (rest % size) * stride;
        stride *= size;
      }
      rest = Math.floor(rest / size);
    });
    return index;
  });
}
