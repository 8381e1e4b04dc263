import { floatAttribute, intAttribute, stringAttribute } from "../../onnx/attributes";
import type { Value } from "../../onnx/model";
import type { Builder } from "../builder";
import { GraphError } from "../error";
import type { Rewrite } from "./rewrite";

/** com.microsoft FusedMatMul: alpha · A' B', either operand with its last two axes swapped. */
export const fusedMatMul: Rewrite = (b, node) => {
  if (intAttribute(node, "transBatchA", 0) || intAttribute(node, "transBatchB", 0)) {
    throw new GraphError("unsupported form", "FusedMatMul that moves its batch axis", node);
  }
  const operand = (x: Value, swapped: boolean): Value => {
    if (!swapped) return x;
    const rank = b.dimsOf(x)?.length;
    if (!rank) throw new GraphError("no shape", "FusedMatMul's operand", node);
    const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
    return b.transpose(x, perm);
  };
  const product = b.matmul(
    operand(node.inputs[0], intAttribute(node, "transA", 0) === 1),
    operand(node.inputs[1], intAttribute(node, "transB", 0) === 1),
  );
  const alpha = floatAttribute(node, "alpha", 1);
  b.rename(alpha === 1 ? product : b.mul(product, b.scalar(alpha, node.inputs[0])), node.outputs[0]);
  return undefined;
};

const activations: Readonly<Record<string, string>> = {
  Relu: "Relu",
  Tanh: "Tanh",
  Sigmoid: "Sigmoid",
  Softplus: "Softplus",
};

/** com.microsoft FusedGemm: a Gemm and its activation. */
export const fusedGemm: Rewrite = (b, node) => {
  const name = stringAttribute(node, "activation", "");
  const op = activations[name];
  if (!op) throw new GraphError("unsupported form", `FusedGemm with activation ${name}`, node);
  const kept = ["alpha", "beta", "transA", "transB"].filter((key) => node.attributes.has(key));
  const gemm = b.op("Gemm", node.inputs, Object.fromEntries(kept.map((key) => [key, node.attributes.get(key)!])));
  b.rename(b.op(op, [gemm]), node.outputs[0]);
  return undefined;
};

/** Einsum of two operands as a batched product: each letter is of the batch, of one side, or summed. */
export const einsum: Rewrite = (b, node) => {
  const equation = stringAttribute(node, "equation", "").replaceAll(" ", "");
  const match = /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]*)$/.exec(equation);
  if (!match || match.slice(1).some((term) => new Set(term).size !== term.length)) return false;
  const [left, right, result] = match.slice(1).map((term) => [...term]);
  const batch = result.filter((l) => left.includes(l) && right.includes(l));
  const summed = left.filter((l) => right.includes(l) && !result.includes(l));
  const rows = left.filter((l) => result.includes(l) && !right.includes(l));
  const columns = right.filter((l) => result.includes(l) && !left.includes(l));
  if (
    batch.length + summed.length + rows.length !== left.length ||
    batch.length + summed.length + columns.length !== right.length
  )
    return false;
  const product = b.matmul(
    arranged(b, node.inputs[0], left, [batch, rows, summed]),
    arranged(b, node.inputs[1], right, [batch, summed, columns]),
  ); // [..batch, rows, columns]
  const order = [...batch, ...rows, ...columns];
  const sizes = order.map((l) =>
    left.includes(l) ? b.dim(node.inputs[0], left.indexOf(l)) : b.dim(node.inputs[1], right.indexOf(l)),
  );
  const unfolded = rows.length === 1 && columns.length === 1 ? product : b.reshapeTo(product, sizes);
  b.rename(
    result.every((l, i) => l === order[i])
      ? unfolded
      : b.transpose(
          unfolded,
          result.map((l) => order.indexOf(l)),
        ),
    node.outputs[0],
  );
  return undefined;
};

/** Transposes to (batch.., first, second), with each of the last two groups folded into one axis. */
function arranged(
  b: Builder,
  x: Value,
  letters: readonly string[],
  [batch, first, second]: readonly (readonly string[])[],
): Value {
  const order = [...batch, ...first, ...second];
  const moved = order.every((l, i) => l === letters[i])
    ? x
    : b.transpose(
        x,
        order.map((l) => letters.indexOf(l)),
      );
  if (first.length === 1 && second.length === 1) return moved;
  const folded = (group: readonly string[]): Value =>
    group.length === 0 ? b.integers([1]) : group.map((l) => b.dim(x, letters.indexOf(l))).reduce((n, d) => b.mul(n, d));
  return b.reshapeTo(moved, [...batch.map((l) => b.dim(x, letters.indexOf(l))), folded(first), folded(second)]);
}
