import { tensorOf, weightOf } from "../../onnx/attributes";
import { decodeModel } from "../../onnx/decode";
import { encodeModel } from "../../onnx/encode";
import type { Attribute, Graph, Weight } from "../../onnx/model";
import { half, numberOfHalf } from "../../tensor/half";
import { float32 } from "../../tensor/tensor";
import type { ModelFiles } from "../engine";
import { type Folder, modelFilesOf } from "./folder";

/** A float32 file with every weight and constant rounded to the nearest half, as converters do: what is too large or too small to the last that is there. */
export function rounded(files: ModelFiles): ModelFiles {
  const model = decodeModel(files.model);
  const external = new Map<string, Uint8Array>();
  return { ...files, model: encodeModel({ ...model, graph: roundedGraph(model.graph, files.external) }), external };
}

function roundedGraph(graph: Graph, external: ReadonlyMap<string, Uint8Array>): Graph {
  const weightIn = (weight: Weight): Weight => {
    if (weight.source.kind === "strings") return weight;
    const { dtype, dims, data } = tensorOf(weight, external);
    if (dtype !== "float32") return weightOf(weight.name, { dtype, dims, data });
    return weightOf(weight.name, float32(dims, (data as Float32Array).map(nearestHalf)));
  };
  const attributeIn = (attribute: Attribute): Attribute =>
    attribute.type === "tensor"
      ? { ...attribute, value: weightIn(attribute.value) }
      : attribute.type === "graph"
        ? { ...attribute, value: roundedGraph(attribute.value, external) }
        : attribute;
  return {
    ...graph,
    initializers: new Map([...graph.initializers].map(([name, weight]) => [name, weightIn(weight)])),
    nodes: graph.nodes.map((node) => ({
      ...node,
      attributes: new Map([...node.attributes].map(([name, attribute]) => [name, attributeIn(attribute)])),
    })),
  };
}

const [least, most] = [1e-7, 1e4];

/** As onnxconverter-common does: magnitudes are held between 1e-7 and 1e4. */
function nearestHalf(value: number): number {
  const size = Math.abs(value);
  const held =
    value === 0 ? 0 : size < least ? Math.sign(value) * least : size > most ? Math.sign(value) * most : value;
  return numberOfHalf(half(held));
}

/** The float32 file beside a half-precision one, or null where there is none. */
export function fullSibling(folder: Folder, path: string): string | null {
  const sibling = path.replace(/_fp16(_io16)?\.onnx$/, ".onnx").replace("/fp16/", "/fp32/");
  return sibling !== path && modelFilesOf(folder).includes(sibling) ? sibling : null;
}
