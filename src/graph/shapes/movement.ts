import { intAttribute, intsAttribute } from "../../onnx/attributes";
import { axesOf, axisIn, broadcast, type Fact, followed, like, type ShapeRule, unknown } from "./fact";

const sizeOf = (dims: readonly number[]): number => dims.reduce((n, d) => n * d, 1);

const reshape: ShapeRule = (node, [x, shape]) => {
  const wanted = shape?.value ?? (node.attributes.has("shape") ? intsAttribute(node, "shape", []) : undefined);
  if (!x?.dims || !wanted) return [{ dtype: x?.dtype ?? null, dims: null }];
  const keepZeros = intAttribute(node, "allowzero", 0) === 1;
  const dims = wanted.map((d, i) => (d === 0 && !keepZeros ? x.dims![i] : d));
  const inferred = dims.indexOf(-1);
  if (inferred >= 0) {
    const rest = dims.reduce((n, d, i) => (i === inferred ? n : n * d), 1);
    dims[inferred] = rest === 0 ? 0 : sizeOf(x.dims) / rest;
  }
  if (sizeOf(dims) !== sizeOf(x.dims)) throw new Error(`shapes do not fit: Reshape of [${x.dims}] to [${wanted}]`);
  return [{ ...x, dims }];
};

/** Elements of a result each of which is one of the operand's: `from` gives its index from the result's indices. */
function moved(
  x: Fact,
  dims: readonly number[],
  from: (at: readonly number[]) => readonly number[],
): { value?: readonly number[] } {
  const { value, dims: own } = x;
  if (!value || !own || sizeOf(dims) > followed) return {};
  const at = dims.map(() => 0);
  const result = Array.from({ length: sizeOf(dims) }, () => {
    const flat = from(at).reduce((n, index, axis) => n * own[axis] + index, 0);
    for (let axis = dims.length - 1; axis >= 0 && ++at[axis] === dims[axis]; axis--) at[axis] = 0;
    return value[flat];
  });
  return { value: result };
}

const transpose: ShapeRule = (node, [x]) => {
  if (!x?.dims) return [like(x)];
  const own = x.dims;
  const perm = intsAttribute(
    node,
    "perm",
    own.map((_, i) => own.length - 1 - i),
  );
  const dims = perm.map((p) => own[p]);
  return [{ dtype: x.dtype, dims, ...moved(x, dims, (at) => own.map((_, axis) => at[perm.indexOf(axis)])) }];
};

const concat: ShapeRule = (node, inputs) => {
  const parts = inputs.filter((f): f is Fact => f !== null);
  const dtype = parts[0]?.dtype ?? null;
  if (parts.some((p) => !p.dims)) return [{ dtype, dims: null }];
  const axis = axisIn(intAttribute(node, "axis", 0), parts[0].dims!.length);
  const dims = parts[0].dims!.map((d, i) => (i === axis ? parts.reduce((n, p) => n + p.dims![i], 0) : d));
  const value = dims.length === 1 && parts.every((p) => p.value) ? parts.flatMap((p) => [...p.value!]) : undefined;
  return [{ dtype, dims, ...(value ? { value } : {}) }];
};

const slice: ShapeRule = (node, [x, startsIn, endsIn, axesIn, stepsIn]) => {
  if (!x?.dims) return [like(x)];
  const given = (fact: Fact | null | undefined, name: string) =>
    fact ? fact.value : node.attributes.has(name) ? intsAttribute(node, name, []) : undefined;
  const starts = given(startsIn, "starts");
  const ends = given(endsIn, "ends");
  if (!starts || !ends) return [{ dtype: x.dtype, dims: null }];
  const axes = given(axesIn, "axes") ?? starts.map((_, i) => i);
  const steps = stepsIn?.value ?? starts.map(() => 1);
  const dims = [...x.dims];
  const first = dims.map(() => 0);
  const by = dims.map(() => 1);
  axes.forEach((a, i) => {
    const axis = axisIn(a, dims.length);
    const n = dims[axis];
    const step = steps[i];
    const at = (v: number, low: number, high: number) => Math.min(Math.max(v < 0 ? v + n : v, low), high);
    const [start, end] =
      step > 0 ? [at(starts[i], 0, n), at(ends[i], 0, n)] : [at(starts[i], 0, n - 1), at(ends[i], -1, n - 1)];
    dims[axis] = Math.max(0, Math.ceil((end - start) / step));
    first[axis] = start;
    by[axis] = step;
  });
  return [{ dtype: x.dtype, dims, ...moved(x, dims, (at) => at.map((index, axis) => first[axis] + index * by[axis])) }];
};

const unsqueeze: ShapeRule = (node, inputs) => {
  const [x] = inputs;
  const axes = axesOf(node, inputs, 1);
  if (!x?.dims || !axes) return [{ dtype: x?.dtype ?? null, dims: null }];
  const rank = x.dims.length + axes.length;
  const at = new Set(axes.map((a) => axisIn(a, rank)));
  const rest = [...x.dims];
  return [{ ...x, dims: Array.from({ length: rank }, (_, i) => (at.has(i) ? 1 : rest.shift()!)) }];
};

const squeeze: ShapeRule = (node, inputs) => {
  const [x] = inputs;
  if (!x?.dims) return [like(x)];
  const axes = axesOf(node, inputs, 1)?.map((a) => axisIn(a, x.dims!.length));
  return [{ ...x, dims: x.dims.filter((d, i) => (axes ? !axes.includes(i) : d !== 1)) }];
};

const split: ShapeRule = (node, [x, sizesIn]) => {
  const unknowns = node.outputs.map(() => ({ dtype: x?.dtype ?? null, dims: null }));
  if (!x?.dims) return unknowns;
  const axis = axisIn(intAttribute(node, "axis", 0), x.dims.length);
  const given = sizesIn ? sizesIn.value : node.attributes.has("split") ? intsAttribute(node, "split", []) : null;
  if (given === undefined) return unknowns;
  const n = x.dims[axis];
  const part = Math.ceil(n / node.outputs.length);
  const sizes = given ?? node.outputs.map((_, i) => Math.min(part, n - i * part));
  return sizes.map((size) => ({ dtype: x.dtype, dims: x.dims!.map((d, i) => (i === axis ? size : d)) }));
};

const gather: ShapeRule = (node, [x, indices]) => {
  if (!x?.dims || !indices?.dims) return [{ dtype: x?.dtype ?? null, dims: null }];
  const axis = axisIn(intAttribute(node, "axis", 0), x.dims.length);
  const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
  const value = x.dims.length === 1 && x.value && indices.value?.map((i) => x.value![axisIn(i, x.dims![0])]);
  return [{ dtype: x.dtype, dims, ...(value ? { value } : {}) }];
};

const gatherND: ShapeRule = (node, [x, indices]) => {
  if (!x?.dims || !indices?.dims) return [like(x)].map((f) => ({ ...f, dims: null }));
  const batch = intAttribute(node, "batch_dims", 0);
  const depth = indices.dims[indices.dims.length - 1];
  return [{ dtype: x.dtype, dims: [...indices.dims.slice(0, -1), ...x.dims.slice(batch + depth)] }];
};

const expand: ShapeRule = (_node, [x, shape]) => {
  if (!x?.dims || !shape?.value) return [{ dtype: x?.dtype ?? null, dims: null }];
  const dims = broadcast(x.dims, shape.value)!;
  const value =
    x.value?.length === 1 && sizeOf(dims) <= followed ? new Array<number>(sizeOf(dims)).fill(x.value[0]) : undefined;
  return [{ dtype: x.dtype, dims, ...(value ? { value } : {}) }];
};

const tile: ShapeRule = (_node, [x, repeats]) =>
  x?.dims && repeats?.value
    ? [{ dtype: x.dtype, dims: x.dims.map((d, i) => d * repeats.value![i]) }]
    : [{ dtype: x?.dtype ?? null, dims: null }];

const pad: ShapeRule = (node, [x, padsIn, , axesIn]) => {
  const pads = padsIn?.value ?? (node.attributes.has("pads") ? intsAttribute(node, "pads", []) : undefined);
  if (!x?.dims || !pads) return [{ dtype: x?.dtype ?? null, dims: null }];
  const axes = axesIn?.value?.map((a) => axisIn(a, x.dims!.length)) ?? x.dims.map((_, i) => i);
  const dims = [...x.dims];
  axes.forEach((axis, i) => {
    dims[axis] += pads[i] + pads[i + axes.length];
  });
  return [{ dtype: x.dtype, dims }];
};

const shape: ShapeRule = (node, [x]) => {
  if (!x?.dims) return [{ dtype: "int64", dims: null }];
  const rank = x.dims.length;
  const start = axisIn(intAttribute(node, "start", 0), rank);
  const end = axisIn(intAttribute(node, "end", rank), rank);
  const value = x.dims.slice(start, end);
  return [{ dtype: "int64", dims: [value.length], value }];
};

const flatten: ShapeRule = (node, [x]) => {
  if (!x?.dims) return [like(x)];
  const axis = axisIn(intAttribute(node, "axis", 1), x.dims.length);
  return [{ ...x, dims: [sizeOf(x.dims.slice(0, axis)), sizeOf(x.dims.slice(axis))] }];
};

const nonZero: ShapeRule = (_node, [x]) => {
  if (!x?.dims || !x.value) return [{ ...unknown, dtype: "int64" }];
  const { dims } = x;
  const found = x.value.flatMap((v, i) => (v ? [i] : []));
  const steps = dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
  const value = dims.flatMap((d, axis) => found.map((i) => Math.floor(i / steps[axis]) % d));
  return [{ dtype: "int64", dims: [dims.length, found.length], value }];
};

const resize: ShapeRule = (_node, [x, , scales, sizes]) => {
  if (!x?.dims) return [like(x)];
  const dims = sizes?.value ?? (scales?.value && x.dims.map((d, i) => Math.floor(d * scales.value![i]))) ?? null;
  return [{ dtype: x.dtype, dims: dims && dims.length === x.dims.length ? dims : null }];
};

/** Operators that move elements, and those that tell shapes. */
export const movementRules: Readonly<Record<string, ShapeRule>> = {
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Split: split,
  Gather: gather,
  GatherND: gatherND,
  GatherElements: (_node, [x, indices]) => [{ dtype: x?.dtype ?? null, dims: indices?.dims ?? null }],
  ScatterND: (_node, [x]) => [like(x)],
  ScatterElements: (_node, [x]) => [like(x)],
  Expand: expand,
  Tile: tile,
  Pad: pad,
  Shape: shape,
  Size: (_node, [x]) => [{ dtype: "int64", dims: [], ...(x?.dims ? { value: [sizeOf(x.dims)] } : {}) }],
  Flatten: flatten,
  NonZero: nonZero,
  Resize: resize,
  DepthToSpace: (_node, [x]) => [{ dtype: x?.dtype ?? null, dims: null }],
};
