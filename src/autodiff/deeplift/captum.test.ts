import { describe, expect, it } from "vitest";
import { GraphError } from "../../graph/error";
import type { Graph, Node } from "../../onnx/model";
import { exact } from "../gradients";
import { captumRules, isModule } from "./captum";

const node = (opType: string, name: string): Node => ({
  name,
  opType,
  domain: "",
  inputs: [`${name}.in`],
  outputs: [`${name}.out`],
  attributes: new Map(),
});
const graphOf = (nodes: readonly Node[]): Graph => ({ nodes }) as unknown as Graph;

// as exporters name what BERT's pooler, RoBERTa's and DistilBERT's heads and OPT's blocks do
const pooler = node("Tanh", "/bert/pooler/activation/Tanh");
const head = node("Tanh", "/classifier/Tanh");
const inline = node("Relu", "/Relu");
const block = node("Relu", "/decoder/layers.0/activation_fn/Relu");
const silu = node("Sigmoid", "/mlp/act_fn/Sigmoid");
const attention = node("Softmax", "/self_attn/Softmax");
const named = graphOf([
  pooler,
  node("DynamicQuantizeLinear", "/bert/pooler/activation/Tanh_output_0_QuantizeLinear"),
  node("Gemm", "/bert/pooler/dense/Gemm"),
  head,
  node("Gemm", "/classifier/dense/Gemm"),
  inline,
  block,
  node("MatMul", "/decoder/layers.0/fc1/MatMul"),
  silu,
  node("Mul", "/mlp/act_fn/Mul"),
  attention,
  node("MatMul", "/self_attn/MatMul"),
]);

describe("DeepLIFT as Captum", () => {
  it("tells modules from functions by their names", () => {
    expect([pooler, head, inline, block, silu, attention].map((n) => isModule(n, named))).toEqual([
      true,
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(isModule(node("Tanh", "node_tanh"), named)).toBeNull();
  });

  it("takes the exporter's word for it where there is one", () => {
    const noted = (module: string) => isModule({ ...node("Tanh", "node_tanh"), module }, named);
    expect(noted("torch.nn.modules.activation.Tanh")).toBe(true);
    expect(noted("transformers.activations.NewGELUActivation")).toBe(false);
    expect(noted("torch.nn.modules.activation.SiLU")).toBe(false);
  });

  it("knows a node that an optimiser renamed by its value", () => {
    const fused = {
      ...node("Tanh", "fused /bert/pooler/dense/Gemm/Tanh.1"),
      outputs: ["/bert/pooler/activation/Tanh_output_0"],
    };
    const gemm = {
      ...node("Gemm", "fused /bert/pooler/dense/Gemm/Gemm.0"),
      outputs: ["fused /bert/pooler/dense/Gemm/Gemm.0"],
    };
    expect(isModule(fused, graphOf([gemm, fused]))).toBe(true);
    const inHead = { ...fused, outputs: ["/classifier/Tanh_output_0"] };
    expect(isModule(inHead, graphOf([inHead, node("Gemm", "/classifier/dense/Gemm")]))).toBe(false);
  });

  it("rescales at modules and takes gradients elsewhere", () => {
    const rules = captumRules(named, 7);
    for (const n of named.nodes) {
      const isRescaled = n === pooler || n === block;
      expect(rules(n) === exact(n), n.name).toBe(!isRescaled);
    }
  });

  it("doesn't guess what a file doesn't say", () => {
    const bare = [node("Tanh", "node_tanh"), node("Softmax", "node_Softmax_1"), node("MatMul", "node_MatMul_1")];
    const rules = captumRules(graphOf(bare), 7);
    expect(() => rules(bare[0])).toThrow(GraphError);
    expect(() => rules(bare[0])).toThrow("whether this was a module isn't in the file (node_tanh)");
    for (const n of bare.slice(1)) expect(rules(n)).toBe(exact(n));
    const module = node("Softmax", "/attend/softmax/Softmax");
    expect(() => captumRules(graphOf([module]), 7)(module)).toThrow("DeepLIFT as Captum through a module");
  });
});
