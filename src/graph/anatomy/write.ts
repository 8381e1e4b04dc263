import type { Tensor } from "../../tensor/tensor";
import type { Layout, Role } from "./layout";

/** A value laid out as a tap is, from [T, d] of each batch row: what `readTap` reads back. */
export function writeTap(rows: readonly Tensor[], { axes }: Layout): Tensor {
  const [tokens, width] = rows[0].dims;
  const sizes: Partial<Record<Role, number>> = { batch: rows.length, token: tokens, width };
  const steps: Partial<Record<Role, number>> = {};
  const sizeOf = (role: Role): number => sizes[role] ?? 1;
  let stride = 1;
  for (const role of axes.flat().reverse()) {
    steps[role] = stride;
    stride *= sizeOf(role);
  }
  const step = (role: Role): number => steps[role] ?? 0;
  const data = new Float32Array(stride);
  rows.forEach((row, b) => {
    for (let t = 0; t < tokens; t++)
      for (let d = 0; d < width; d++)
        data[b * step("batch") + t * step("token") + d * step("width")] = row.data[t * width + d] as number;
  });
  return { dtype: "float32", dims: axes.map((roles) => roles.reduce((n, role) => n * sizeOf(role), 1)), data };
}
