import type { Node } from "../../onnx/model";
import { biasAdd, biasGelu, biasSoftmax, dropout, fastGelu, quickGelu } from "./activations";
import { attention } from "./attention";
import { groupQueryAttention } from "./group-query-attention";
import {
  embedLayerNormalization,
  qEmbedLayerNormalization,
  skipLayerNormalization,
  skipSimplifiedLayerNormalization,
} from "./layer-normalization";
import { msAttention } from "./ms-attention";
import { multiHeadAttention } from "./multi-head-attention";
import { einsum, fusedGemm, fusedMatMul } from "./products";
import { dynamicQuantizeMatMul, matMulIntegerToFloat, qAttention } from "./quantised";
import type { Rewrite } from "./rewrite";
import { msRotaryEmbedding, rotaryEmbedding } from "./rotary-embedding";

/** By operator, with its domain where that isn't ai.onnx: how it is written in canonical operators. */
export const rewrites: Readonly<Record<string, Rewrite>> = {
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
  Einsum: einsum,
  Dropout: dropout,
  "com.microsoft:Attention": msAttention,
  "com.microsoft:MultiHeadAttention": multiHeadAttention,
  "com.microsoft:GroupQueryAttention": groupQueryAttention,
  "com.microsoft:RotaryEmbedding": msRotaryEmbedding,
  "com.microsoft:SkipLayerNormalization": skipLayerNormalization,
  "com.microsoft:SkipSimplifiedLayerNormalization": skipSimplifiedLayerNormalization,
  "com.microsoft:EmbedLayerNormalization": embedLayerNormalization,
  "com.microsoft:QEmbedLayerNormalization": qEmbedLayerNormalization,
  "com.microsoft:BiasGelu": biasGelu,
  "com.microsoft:FastGelu": fastGelu,
  "com.microsoft:QuickGelu": quickGelu,
  "com.microsoft:BiasSoftmax": biasSoftmax,
  "com.microsoft:BiasAdd": biasAdd,
  "com.microsoft:FusedMatMul": fusedMatMul,
  "com.microsoft:TransposeMatMul": fusedMatMul,
  "com.microsoft:FusedGemm": fusedGemm,
  "com.microsoft:QAttention": qAttention,
  "com.microsoft:DynamicQuantizeMatMul": dynamicQuantizeMatMul,
  "com.microsoft:MatMulIntegerToFloat": matMulIntegerToFloat,
};

/** Fused attention that no rewrite spells out: left in, its attention would be missed. */
export const isRefused = (operator: string): boolean =>
  !(operator in rewrites) && /^com\.microsoft:(.*Attention.*|RemovePadding)$/.test(operator);

/** An operator as registries name it. */
export const operatorOf = ({ opType, domain }: Pick<Node, "opType" | "domain">): string =>
  domain === "" || domain === "ai.onnx" ? opType : `${domain}:${opType}`;
