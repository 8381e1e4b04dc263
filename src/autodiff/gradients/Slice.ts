import { GraphError } from "../../graph/error";
import { intsAttribute } from "../../onnx/attributes";
import type { Node, Value } from "../../onnx/model";
import type { Gradient, GradientContext } from "../gradient";
import { padded, placed } from "../placing";

/** Puts the cotangent back where it was taken from, zeros around it. Bounds may be computed, axes and steps not. */
export const slice: Gradient = (c, node, [g]) => [() => back(c, node, g), null, null, null, null];

function back(c: GradientContext, node: Node, g: Value): Value {
  const { b } = c;
  const dims = c.dims(node.inputs[0]);
  const { starts, ends, axes, steps } = boundsOf(c, node);
  return axes.reduceRight((part, given, i) => {
    const axis = given < 0 ? given + dims.length : given;
    if (steps[i] === 1 && dims[axis] === c.dims(g)[axis]) return part; // all of it
    const one = (bound: Value) => (axes.length === 1 ? bound : b.slice(bound, 0, i, i + 1));
    const size = b.dim(node.inputs[0], axis);
    if (steps[i] === 1) return padded(c, part, axis, one(starts), size);
    const places = b.op("Slice", [b.range(size), one(starts), one(ends), b.integers([0]), b.integers([steps[i]])]);
    return placed(c, part, axis, places, size);
  }, g);
}

/** Bounds as int64 tensors [axes], axes and steps as numbers. */
function boundsOf(c: GradientContext, node: Node) {
  const [, starts, ends, axes, steps] = node.inputs;
  if (starts === undefined) {
    const [from, to] = [intsAttribute(node, "starts", []), intsAttribute(node, "ends", [])];
    const along = intsAttribute(node, "axes", [...from.keys()]);
    return { starts: c.b.integers(from), ends: c.b.integers(to), axes: along, steps: along.map(() => 1) };
  }
  const along = axes ? c.numbers(axes) : [...Array(c.dims(starts)[0]).keys()];
  const strides = steps ? c.numbers(steps) : along?.map(() => 1);
  if (!along || !strides) throw new GraphError("no gradient", "Slice along computed axes or steps", node);
  const wide = (bound: Value) => (c.b.dtypeOf(bound) === "int64" ? bound : c.b.cast(bound, "int64"));
  return { starts: wide(starts), ends: wide(ends), axes: along, steps: strides };
}
