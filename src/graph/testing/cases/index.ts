import type { Case, Refusal } from "../rewrite-case";
import { attentionCases, attentionRefusals } from "./attention";
import { groupQueryAttentionCases, groupQueryAttentionRefusals } from "./group-query-attention";
import {
  msAttentionCases,
  msAttentionRefusals,
  multiHeadAttentionCases,
  multiHeadAttentionRefusals,
} from "./microsoft-attention";
import {
  activationCases,
  activationRefusals,
  layerNormalizationCases,
  layerNormalizationRefusals,
  productCases,
  productRefusals,
  quantisedCases,
  quantisedRefusals,
} from "./others";
import { rotaryEmbeddingCases, rotaryEmbeddingRefusals } from "./rotary-embedding";

/** Every form of every fused operator that a test runs before and after its rewrite. */
export const cases: readonly Case[] = [
  ...attentionCases,
  ...msAttentionCases,
  ...multiHeadAttentionCases,
  ...groupQueryAttentionCases,
  ...rotaryEmbeddingCases,
  ...layerNormalizationCases,
  ...activationCases,
  ...productCases,
  ...quantisedCases,
];

/** Forms that a rewrite must not take. */
export const refusals: readonly Refusal[] = [
  ...attentionRefusals,
  ...msAttentionRefusals,
  ...multiHeadAttentionRefusals,
  ...groupQueryAttentionRefusals,
  ...rotaryEmbeddingRefusals,
  ...layerNormalizationRefusals,
  ...activationRefusals,
  ...productRefusals,
  ...quantisedRefusals,
];
