import { toFloat32 } from "../../tensor/half";
import type { Tensor } from "../../tensor/tensor";
import type { Layout, Role } from "./layout";

/** Runtime sizes that folded axes are told apart by. */
export interface Sizes {
  readonly batch: number;
  readonly tokens: number;
}

interface Axis {
  readonly role: Role;
  readonly size: number;
  readonly stride: number;
}

/**
 * One batch row of a tapped value as [H, rows, columns] (or [rows, columns] of one head), rows and columns being the
 * axes of the given roles: tokens and keys for probabilities, tokens and width for queries, keys, values and the stream.
 */
export function readTap(
  tensor: Tensor,
  layout: Layout,
  sizes: Sizes,
  columns: "key" | "width",
  batchRow = 0,
  head?: number,
): Tensor {
  const axes = axesOf(tensor.dims, layout, sizes);
  const one = (role: Role): Axis => axes.find((a) => a.role === role) ?? { role, size: 1, stride: 0 };
  const batch = one("batch");
  if (batchRow >= batch.size) throw new Error(`no batch row: ${batchRow} of ${batch.size}`);
  const headAxes = axes.filter((a) => a.role === "head");
  const heads = headAxes.reduce((n, a) => n * a.size, 1);
  const [row, column] = [one("token"), one(columns)];
  const wanted = head === undefined ? Array.from({ length: heads }, (_, h) => h) : [head];
  if (head !== undefined && (head < 0 || head >= heads)) throw new Error(`no head: ${head} of ${heads}`);
  const data = tensor.data instanceof Float32Array ? tensor.data : toFloat32(tensor);
  const out = new Float32Array(wanted.length * row.size * column.size);
  let to = 0;
  for (const h of wanted) {
    const base = batchRow * batch.stride + offsetOf(h, headAxes);
    for (let r = 0; r < row.size; r++) {
      let from = base + r * row.stride;
      for (let c = 0; c < column.size; c++, from += column.stride) out[to++] = data[from];
    }
  }
  return {
    dtype: "float32",
    dims: head === undefined ? [wanted.length, row.size, column.size] : [row.size, column.size],
    data: out,
  };
}

/** The axes of a value with folded ones taken apart, each with its step in the data. */
function axesOf(dims: readonly number[], layout: Layout, sizes: Sizes): Axis[] {
  if (dims.length !== layout.axes.length) throw new Error(`unexpected rank: [${dims}] for ${layout.axes.length} axes`);
  const axes: Axis[] = [];
  let stride = dims.reduce((n, d) => n * d, 1);
  dims.forEach((dim, i) => {
    const roles = layout.axes[i];
    const sizeOf = (role: Role): number =>
      roles.length === 1
        ? dim
        : role === "batch"
          ? sizes.batch
          : role === "token"
            ? sizes.tokens
            : dim / knownSize(roles, sizes);
    for (const role of roles) {
      const size = sizeOf(role);
      stride /= size;
      axes.push({ role, size, stride });
    }
  });
  return axes;
}

/** What the axis holds besides heads. */
const knownSize = (roles: readonly Role[], { batch, tokens }: Sizes): number =>
  (roles.includes("batch") ? batch : 1) * (roles.includes("token") ? tokens : 1);

function offsetOf(head: number, axes: readonly Axis[]): number {
  let rest = head;
  let offset = 0;
  for (let i = axes.length - 1; i >= 0; i--) {
    offset += (rest % axes[i].size) * axes[i].stride;
    rest = Math.floor(rest / axes[i].size);
  }
  return offset;
}
