import type { Node } from "../../onnx/model";
import type { Canonical } from "../canonicalise";
import { GraphError, label } from "../error";
import { type Embedding, embeddingOf, reaching } from "./embedding";
import { type Flow, flowOf } from "./flow";
import { type Residual, residualOf, streamLayout, tokensOf } from "./residual";
import { type AttentionSite, describeMiss, type NearMiss, sitesOf, type Tap } from "./sites";

export type { Embedding } from "./embedding";
export type { Layout, Role } from "./layout";
export type { AttentionSite, Tap } from "./sites";

/** What a canonical graph is made of. */
export interface Anatomy {
  readonly embedding: Embedding;
  readonly flow: Flow;
  /** In the order of the layers; never empty. */
  readonly sites: readonly AttentionSite[];
  readonly residual: Residual | null;
  /** Softmaxes that are no attention, with the reason. */
  readonly misses: readonly NearMiss[];
}

/** Finds embedding, attention sites and residual stream. Throws where there is no attention, naming the nearest miss. */
export function anatomyOf(canonical: Canonical): Anatomy {
  const { model, facts, inputs, answers } = canonical;
  const found = embeddingOf(model.graph, inputs, facts);
  const flow = flowOf(
    model.graph,
    facts,
    found.sources,
    answers.map((a) => a.name),
  );
  if (flow.order.length === 0)
    throw new GraphError("no attention", `${answers.map((a) => a.name).join(", ")} does not depend on the input`);
  const embedding = reaching(model.graph, found, flow.has);
  const { sites, misses } = sitesOf(canonical, flow);
  if (sites.length === 0) throw noAttention(model.graph.nodes, misses);
  return {
    embedding: { ...embedding, rows: rowsOf(canonical, embedding, sites) },
    flow,
    sites,
    residual: residualOf(canonical, flow, sites),
    misses,
  };
}

/** The rows of the word table, laid out as the stream may be. */
function rowsOf(canonical: Canonical, { sources, lookup }: Embedding, sites: readonly AttentionSite[]): Tap | null {
  const [value] = sources;
  const layout = lookup && streamLayout(canonical.facts.dims(value), canonical, tokensOf(canonical, sites[0]));
  return layout && { value, layout };
}

function noAttention(nodes: readonly Node[], misses: readonly NearMiss[]): GraphError {
  if (misses.length > 0) {
    return new GraphError(
      "no attention",
      `nearest miss ${describeMiss(misses[0])}`,
      misses[0].node,
      misses.map((m) => label(m.node)),
    );
  }
  const softmax = nodes.find((n) => n.opType === "Softmax");
  return new GraphError(
    "no attention",
    softmax ? "no softmax reads an activation" : "the graph has no softmax",
    softmax ?? null,
  );
}
