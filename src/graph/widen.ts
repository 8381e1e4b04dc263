import { int, tensorOf, weightOf } from "../onnx/attributes";
import { dtypeCodes } from "../onnx/codes";
import type { Attribute, Graph, Model, Node, Value, ValueInfo, Weight } from "../onnx/model";
import { toFloat32 } from "../tensor/half";
import { type DType, float32 } from "../tensor/tensor";
import { withSubgraphs } from "./inline";
import { subgraphsOf } from "./topology";

const narrow = (dtype: DType | null): boolean => dtype === "float16" || dtype === "bfloat16";
const narrowCodes = new Set([dtypeCodes.float16, dtypeCodes.bfloat16]);

/**
 * The model computed in float32: half-precision weights stay as they are in the file and are cast where they are read,
 * casts to half precision become casts to float32, and inputs and outputs are float32. Half floats overflow quietly on
 * GPUs, and most CPU kernels don't have them.
 */
export function widen(model: Model): Model {
  return hasNarrow(model.graph) ? { ...model, graph: widenGraph(model.graph) } : model;
}

function hasNarrow(graph: Graph): boolean {
  for (const { dtype } of graph.initializers.values()) if (narrow(dtype)) return true;
  for (const { dtype } of [...graph.inputs, ...graph.outputs]) if (narrow(dtype)) return true;
  return graph.nodes.some((node) => {
    for (const attribute of node.attributes.values()) {
      if (attribute.type === "tensor" && narrow(attribute.value.dtype)) return true;
      if (attribute.type === "int" && node.opType === "Cast" && narrowCodes.has(Number(attribute.value))) return true;
    }
    return subgraphsOf(node).some(hasNarrow);
  });
}

function widenGraph(graph: Graph): Graph {
  const initializers = new Map<Value, Weight>();
  const casts: Node[] = [];
  for (const [name, weight] of graph.initializers) {
    if (!narrow(weight.dtype)) {
      initializers.set(name, weight);
      continue;
    }
    const kept = `${name}/${weight.dtype}`;
    initializers.set(kept, { ...weight, name: kept });
    casts.push({
      name: `${name}/widen`,
      opType: "Cast",
      domain: "",
      inputs: [kept],
      outputs: [name],
      attributes: new Map([["to", int(dtypeCodes.float32)]]),
    });
  }
  return {
    ...graph,
    initializers,
    nodes: [...casts, ...graph.nodes.map(widenNode)],
    inputs: graph.inputs.map(widenInfo),
    outputs: graph.outputs.map(widenInfo),
    valueInfo: new Map(),
  };
}

const widenInfo = (info: ValueInfo): ValueInfo => (narrow(info.dtype) ? { ...info, dtype: "float32" } : info);

const widenWeight = (weight: Weight): Weight =>
  narrow(weight.dtype) ? weightOf(weight.name, float32(weight.dims, toFloat32(tensorOf(weight)))) : weight;

function widenNode(node: Node): Node {
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    if (attribute.type === "tensor") attributes.set(name, { type: "tensor", value: widenWeight(attribute.value) });
    else if (
      (name === "to" || name === "dtype") &&
      attribute.type === "int" &&
      narrowCodes.has(Number(attribute.value))
    ) {
      attributes.set(name, int(dtypeCodes.float32));
    } else attributes.set(name, attribute);
  }
  return withSubgraphs({ ...node, attributes }, widenGraph);
}
