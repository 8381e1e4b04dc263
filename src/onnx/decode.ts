import { attributeCodes, classHierarchy } from "./codes";
import { readEntry, readTensor } from "./decode-tensor";
import { readValueInfo } from "./decode-type";
import { OnnxError } from "./error";
import type { Attribute, Graph, LocalFunction, Model, Node, ValueInfo, Weight } from "./model";
import { otherFormat } from "./sniff";
import { Reader } from "./wire";

/**
 * Reads an ONNX file (ModelProto). Weights stay views into `bytes`, so keep those as long as the model. What `Model`
 * has no place for is left out: documentation, training info, most node metadata, quantisation annotations.
 *
 * @throws OnnxError, and nothing else, for any bytes that aren't a model; in time and memory linear in their number.
 */
export function decodeModel(bytes: Uint8Array): Model {
  const other = otherFormat(bytes);
  if (other) throw new OnnxError("not-onnx", `not ONNX: ${other}`, 0);
  const r = new Reader(bytes);
  let irVersion = 0;
  let producer = "";
  let graph: Graph | null = null;
  let graphEnd = 0;
  let begun = false;
  const opsets = new Map<string, number>();
  const functions: LocalFunction[] = [];
  const metadata = new Map<string, string>();
  try {
    while (r.next()) {
      switch (r.field) {
        case 1:
          irVersion = r.integer("ir_version");
          break;
        case 2:
          producer = r.string("producer_name");
          break;
        case 7:
          if (graph) throw r.error("malformed", "second graph: ModelProto", r.start);
          graph = r.message("graph", () => readGraph(r));
          graphEnd = r.position;
          break;
        case 8:
          readOpset(r, opsets);
          break;
        case 14: {
          const [key, value] = readEntry(r, "metadata_props");
          metadata.set(key, value);
          break;
        }
        case 25:
          functions.push(r.message("function", () => readFunction(r)));
          break;
        default:
          r.skip();
          continue;
      }
      begun = true;
    }
  } catch (error) {
    // What breaks before anything of a ModelProto was seen is another kind of file.
    if (error instanceof OnnxError && !begun)
      throw new OnnxError("not-onnx", `not ONNX: the file doesn't begin like a model: ${error.message}`, error.offset);
    throw error;
  }
  if (!graph) throw new OnnxError("not-onnx", "not ONNX: no graph in the file", bytes.length);
  if (opsets.size === 0)
    throw graphEnd === bytes.length
      ? r.error("truncated", "file cut short: it ends after the graph, before the operator sets; fetch it again")
      : r.error("malformed", "no operator set: opset_import");
  checkOverloads(functions);
  return { irVersion, opsets, producer, graph, functions, metadata };
}

/** Two names stand for the standard domain. */
const domainOf = (name: string): string => (name === "ai.onnx" ? "" : name);

const noAttributes: ReadonlyMap<string, Attribute> = new Map();

function readOpset(r: Reader, opsets: Map<string, number>): void {
  r.message("opset_import", () => {
    let domain = "";
    let version = 0;
    while (r.next())
      if (r.field === 1) domain = r.string("opset domain");
      else if (r.field === 2) version = r.integer("opset version");
      else r.skip();
    opsets.set(domainOf(domain), version);
  });
}

function readGraph(r: Reader): Graph {
  let name = "";
  const nodes: Node[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const initializers = new Map<string, Weight>();
  const valueInfo = new Map<string, ValueInfo>();
  while (r.next())
    switch (r.field) {
      case 1:
        nodes.push(r.message("node", () => readNode(r)));
        break;
      case 2:
        name = r.string("graph name");
        break;
      case 5: {
        const weight = r.message("initializer", () => readTensor(r));
        initializers.set(weight.name, weight);
        break;
      }
      case 11:
        inputs.push(r.message("graph input", () => readValueInfo(r)));
        break;
      case 12:
        outputs.push(r.message("graph output", () => readValueInfo(r)));
        break;
      case 13: {
        const info = r.message("value_info", () => readValueInfo(r));
        valueInfo.set(info.name, info);
        break;
      }
      case 15:
        throw r.error("unsupported", `unsupported sparse initializer: graph "${name}"`, r.start);
      default:
        r.skip();
    }
  return { name, nodes, inputs, outputs, initializers, valueInfo };
}

function readNode(r: Reader): Node {
  let name = "";
  let opType = "";
  let domain = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  let attributes: Map<string, Attribute> | null = null;
  let module: string | null = null;
  while (r.next())
    switch (r.field) {
      case 1:
        inputs.push(r.string("node input"));
        break;
      case 2:
        outputs.push(r.string("node output"));
        break;
      case 3:
        name = r.string("node name");
        break;
      case 4:
        opType = r.string("op_type");
        break;
      case 5:
        attributes ??= new Map();
        readAttribute(r, attributes);
        break;
      case 7:
        domain = domainOf(r.string("node domain"));
        break;
      case 9: {
        const [key, value] = readEntry(r, "node metadata_props");
        if (key === classHierarchy) module = innermostClass(value);
        break;
      }
      default:
        r.skip();
    }
  return {
    name,
    opType,
    domain,
    inputs,
    outputs,
    attributes: attributes ?? noAttributes,
    ...(module ? { module } : {}),
  };
}

/** Of `['Model', 'torch.nn.modules.activation.Tanh', 'aten.tanh.default']` the last class before the operator. */
const innermostClass = (hierarchy: string): string | null =>
  Array.from(hierarchy.matchAll(/'([^']*)'/g), ([, name]) => name).at(-2) ?? null;

/** An AttributeProto, into `attributes`. */
function readAttribute(r: Reader, attributes: Map<string, Attribute>): void {
  r.message("attribute", () => {
    const start = r.position;
    let name = "";
    let reference = "";
    let code = 0;
    let stated = false;
    // Values of different types: the type may come after them, and is absent in the oldest files.
    const found: Attribute[] = [];
    while (r.next())
      switch (r.field) {
        case 1:
          name = r.string("attribute name");
          break;
        case 2:
          put(found, { type: "float", value: r.float("attribute f") });
          break;
        case 3:
          put(found, { type: "int", value: r.int64("attribute i") });
          break;
        case 4:
          put(found, { type: "string", value: r.view("attribute s") });
          break;
        case 5:
          put(found, { type: "tensor", value: r.message("attribute t", () => readTensor(r)) });
          break;
        case 6:
          put(found, { type: "graph", value: r.message("attribute g", () => readGraph(r)) });
          break;
        case 7:
          r.floats("attribute floats", listIn<number>(found, "floats"));
          break;
        case 8:
          r.int64s("attribute ints", listIn<bigint>(found, "ints"));
          break;
        case 9:
          listIn<Uint8Array>(found, "strings").push(r.view("attribute strings"));
          break;
        case 11:
          listIn<Graph>(found, "graphs").push(r.message("attribute graphs", () => readGraph(r)));
          break;
        case 20:
          code = r.integer("attribute type");
          stated = true;
          break;
        case 21:
          reference = r.string("ref_attr_name");
          break;
        default:
          r.skip();
      }
    if (reference) attributes.set(name, { type: "reference", value: reference, ...(stated ? { code } : {}) });
    else attributes.set(name, chosen(found, code) ?? { type: "opaque", value: r.bytes.subarray(start, r.end) });
  });
}

/** Of several values of a type the last counts. */
function put(found: Attribute[], attribute: Attribute): void {
  const at = found.length === 0 ? -1 : found.findIndex((a) => a.type === attribute.type);
  if (at < 0) found.push(attribute);
  else found[at] = attribute;
}

/** Lists are read in pieces. */
function listIn<T>(found: Attribute[], type: "floats" | "ints" | "strings" | "graphs"): T[] {
  const present = found.find((a) => a.type === type);
  if (present) return present.value as unknown as T[];
  const value: T[] = [];
  found.push({ type, value } as unknown as Attribute);
  return value;
}

/** The value of the stated type, or the only one where none is stated. */
function chosen(found: readonly Attribute[], code: number): Attribute | undefined {
  const [first] = found;
  if (first && found.length === 1 && (code === 0 || codeOf(first) === code)) return first;
  return found.find((a) => codeOf(a) === code) ?? absent.get(code);
}

const codeOf = ({ type }: Attribute): number | undefined =>
  type === "reference" || type === "opaque" ? undefined : attributeCodes[type];

/** What an attribute of a type is whose value isn't written, as protobuf leaves out zeros and empty lists. */
const absent: ReadonlyMap<number, Attribute> = new Map<number, Attribute>([
  [attributeCodes.float, { type: "float", value: 0 }],
  [attributeCodes.int, { type: "int", value: 0n }],
  [attributeCodes.string, { type: "string", value: new Uint8Array(0) }],
  [attributeCodes.floats, { type: "floats", value: [] }],
  [attributeCodes.ints, { type: "ints", value: [] }],
  [attributeCodes.strings, { type: "strings", value: [] }],
  [attributeCodes.graphs, { type: "graphs", value: [] }],
]);

function readFunction(r: Reader): LocalFunction {
  let name = "";
  let domain = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributeNames: string[] = [];
  const attributes = new Map<string, Attribute>();
  const nodes: Node[] = [];
  const opsets = new Map<string, number>();
  while (r.next())
    switch (r.field) {
      case 1:
        name = r.string("function name");
        break;
      case 4:
        inputs.push(r.string("function input"));
        break;
      case 5:
        outputs.push(r.string("function output"));
        break;
      case 6:
        attributeNames.push(r.string("function attribute"));
        break;
      case 7:
        nodes.push(r.message("node", () => readNode(r)));
        break;
      case 9:
        readOpset(r, opsets);
        break;
      case 10:
        domain = domainOf(r.string("function domain"));
        break;
      case 11:
        readAttribute(r, attributes);
        break;
      default:
        r.skip();
    }
  return { name, domain, inputs, outputs, attributeNames, attributes, nodes, opsets };
}

/** Functions are told apart by domain and name; `overload`, which also may, isn't held by Model. */
function checkOverloads(functions: readonly LocalFunction[]): void {
  const seen = new Set<string>();
  for (const { domain, name } of functions) {
    const id = `${domain}.${name}`;
    if (seen.has(id)) throw new OnnxError("unsupported", `unsupported second function of a name: ${id}`);
    seen.add(id);
  }
}
