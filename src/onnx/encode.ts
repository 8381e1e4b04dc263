import { attributeCodes, classHierarchy, dtypeCodes } from "./codes";
import { OnnxError } from "./error";
import type { Attribute, Dim, Graph, LocalFunction, Model, Node, ValueInfo, Weight } from "./model";
import { Writer } from "./wire-write";

export interface Externalize {
  /** The name under which the runtime is given the file that the model was decoded from. */
  readonly location: string;
  /** Smaller initializers stay inline: ONNX Runtime infers shapes from those. 1024 where it isn't given. */
  readonly minBytes?: number;
}

export interface EncodeOptions {
  /** Points initializers that are views of the decoded file at their place in it, instead of copying them. */
  readonly externalize?: Externalize;
}

/** Protobuf's limit of a message. */
const most = 2 ** 31 - 1;

/**
 * Writes a model as an ONNX file (ModelProto). All that `Model` holds is written, in its order.
 *
 * With `externalize`, initializers of at least `minBytes` bytes that were decoded from a file become external data at
 * `location`, and the result is small and quick to write whatever the size of the weights.
 *
 * @throws OnnxError `too-large` where over 2 GiB would be inline.
 */
export function encodeModel(model: Model, options: EncodeOptions = {}): Uint8Array {
  const w = new Writer();
  writeModel(w, model, options.externalize ?? null);
  return w.finish((size) => {
    if (size > most)
      throw new OnnxError("too-large", `too large for one file: ${size} bytes inline; externalize the weights`);
  });
}

function writeModel(w: Writer, model: Model, externalize: Externalize | null): void {
  w.int(1, model.irVersion);
  if (model.producer) w.string(2, model.producer);
  w.message(7, () => writeGraph(w, model.graph, externalize));
  writeOpsets(w, 8, model.opsets);
  for (const [key, value] of model.metadata) writeEntry(w, 14, key, value);
  for (const each of model.functions) w.message(25, () => writeFunction(w, each));
}

function writeOpsets(w: Writer, field: number, opsets: ReadonlyMap<string, number>): void {
  for (const [domain, version] of opsets)
    w.message(field, () => {
      w.string(1, domain);
      w.int(2, version);
    });
}

function writeEntry(w: Writer, field: number, key: string, value: string): void {
  w.message(field, () => {
    w.string(1, key);
    w.string(2, value);
  });
}

function writeGraph(w: Writer, graph: Graph, externalize: Externalize | null): void {
  for (const node of graph.nodes) w.message(1, () => writeNode(w, node, externalize));
  w.string(2, graph.name);
  for (const [name, weight] of graph.initializers) w.message(5, () => writeTensor(w, name, weight, externalize));
  for (const info of graph.inputs) w.message(11, () => writeValueInfo(w, info));
  for (const info of graph.outputs) w.message(12, () => writeValueInfo(w, info));
  for (const info of graph.valueInfo.values()) w.message(13, () => writeValueInfo(w, info));
}

function writeNode(w: Writer, node: Node, externalize: Externalize | null): void {
  for (const input of node.inputs) w.string(1, input);
  for (const output of node.outputs) w.string(2, output);
  if (node.name) w.string(3, node.name);
  w.string(4, node.opType);
  for (const [name, attribute] of node.attributes) writeAttribute(w, 5, name, attribute, externalize);
  if (node.domain) w.string(7, node.domain);
  if (node.module) writeEntry(w, 9, classHierarchy, `['${node.module}', '${node.opType}']`);
}

/** An opaque attribute is written as it was read, with the name that it had. */
function writeAttribute(
  w: Writer,
  field: number,
  name: string,
  attribute: Attribute,
  externalize: Externalize | null,
): void {
  if (attribute.type === "opaque") {
    w.bytes(field, attribute.value);
    return;
  }
  w.message(field, () => {
    w.string(1, name);
    switch (attribute.type) {
      case "reference":
        if (attribute.code !== undefined) w.int(20, attribute.code);
        w.string(21, attribute.value);
        return;
      case "float":
        w.float(2, attribute.value);
        break;
      case "int":
        w.int(3, attribute.value);
        break;
      case "string":
        w.bytes(4, attribute.value);
        break;
      case "tensor":
        w.message(5, () => writeTensor(w, attribute.value.name, attribute.value, null));
        break;
      case "graph":
        w.message(6, () => writeGraph(w, attribute.value, externalize));
        break;
      case "floats":
        w.floats(7, attribute.value);
        break;
      case "ints":
        w.ints(8, attribute.value);
        break;
      case "strings":
        for (const value of attribute.value) w.bytes(9, value);
        break;
      case "graphs":
        for (const value of attribute.value) w.message(11, () => writeGraph(w, value, externalize));
        break;
    }
    w.int(20, attributeCodes[attribute.type]);
  });
}

function writeTensor(w: Writer, name: string, weight: Weight, externalize: Externalize | null): void {
  const { dtype, dims, source } = weight;
  w.ints(1, dims);
  w.int(2, dtypeCodes[dtype]);
  if (name) w.string(8, name);
  const external = (location: string, offset: number, length: number | null): void => {
    writeEntry(w, 13, "location", location);
    writeEntry(w, 13, "offset", String(offset));
    if (length !== null) writeEntry(w, 13, "length", String(length));
    w.int(14, 1);
  };
  if (source.kind === "strings") for (const value of source.values) w.bytes(6, value);
  else if (source.kind === "external") external(source.location, source.offset, source.length);
  else if (externalize && source.offset !== null && source.bytes.length >= (externalize.minBytes ?? 1024))
    external(externalize.location, source.offset, source.bytes.length);
  else w.bytes(9, source.bytes);
}

function writeValueInfo(w: Writer, info: ValueInfo): void {
  w.string(1, info.name);
  const { dtype, dims, type } = info;
  if (type) w.bytes(2, type);
  else if (dtype || dims)
    w.message(2, () =>
      w.message(1, () => {
        if (dtype) w.int(1, dtypeCodes[dtype]);
        if (dims) w.message(2, () => writeShape(w, dims));
      }),
    );
}

function writeShape(w: Writer, dims: readonly Dim[]): void {
  for (const dim of dims)
    w.message(1, () => {
      if (typeof dim === "number") w.int(1, dim);
      else if (dim !== null) w.string(2, dim);
    });
}

function writeFunction(w: Writer, it: LocalFunction): void {
  w.string(1, it.name);
  for (const input of it.inputs) w.string(4, input);
  for (const output of it.outputs) w.string(5, output);
  for (const name of it.attributeNames) w.string(6, name);
  for (const node of it.nodes) w.message(7, () => writeNode(w, node, null));
  writeOpsets(w, 9, it.opsets);
  w.string(10, it.domain);
  for (const [name, attribute] of it.attributes) writeAttribute(w, 11, name, attribute, null);
}
