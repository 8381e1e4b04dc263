import type { Attribute, Graph, Model, Weight } from "../../onnx/model";

/** The external data files that a model's weights are in, as its graph spells them. */
export function externalLocations(model: Model): readonly string[] {
  const found = new Set<string>();
  const ofWeight = ({ source }: Weight) => {
    if (source.kind === "external") found.add(source.location);
  };
  const ofAttribute = (attribute: Attribute) => {
    if (attribute.type === "tensor") ofWeight(attribute.value);
    if (attribute.type === "graph") ofGraph(attribute.value);
    if (attribute.type === "graphs") attribute.value.forEach(ofGraph);
  };
  const ofNodes = (nodes: Graph["nodes"]) => {
    for (const node of nodes) node.attributes.forEach(ofAttribute);
  };
  const ofGraph = (graph: Graph) => {
    graph.initializers.forEach(ofWeight);
    ofNodes(graph.nodes);
  };
  ofGraph(model.graph);
  for (const { nodes } of model.functions) ofNodes(nodes);
  return [...found];
}
