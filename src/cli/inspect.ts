import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { unruledNodes } from "../autodiff/activity";
import { deepliftMode } from "../autodiff/deeplift";
import { gradientMode, type Mode, withCotangents } from "../autodiff/explaining";
import { exact } from "../autodiff/gradients";
import { countLayers } from "../autodiff/lrp/layers";
import { lrpModes } from "../autodiff/lrp/presets";
import { readingOf } from "../autodiff/lrp/reading";
import { precisionOf } from "../explain/architecture";
import { readJson, readModel } from "../explain/conformance/folder";
import { sessionSource, understand } from "../explain/engine";
import { differentiated } from "../explain/explaining-model";
import { MissingFile } from "../explain/missing-file";
import type { Anatomy } from "../graph/anatomy";
import { describeMiss } from "../graph/anatomy/sites";
import type { Canonical } from "../graph/canonicalise";
import { GraphError } from "../graph/error";
import { withInterventions } from "../graph/interventions";
import { operatorOf, rewrites } from "../graph/rewrites";
import { hasShapeRule } from "../graph/shapes";
import { withTaps } from "../graph/taps";
import { decodeModel } from "../onnx/decode";
import type { Node } from "../onnx/model";
import { folderOf } from "./folder";

/** Prints what a model is made of and what is missing; exits with 1 where a file's attention isn't found. */
async function main(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) throw new Error("no file; npm run inspect -- FILE|DIR...");
  let failed = 0;
  for (const path of paths) {
    const single = statSync(path).isFile();
    const folder = folderOf(single ? rootOf(path) : path);
    const own = single ? relative(rootOf(path), path).split(sep).join("/") : null;
    const files = folder.files.filter((f) => f.endsWith(".onnx") && (own === null || f === own));
    if (files.length === 0) throw new Error(`no ONNX file: ${path}`);
    for (const file of files) failed += (await inspect(folder, file)) ? 0 : 1;
  }
  process.exitCode = failed > 0 ? 1 : 0;
}

/** The model's folder: where its config.json is, beside the file or one or two above. */
function rootOf(file: string): string {
  const candidates = [dirname(file), dirname(dirname(file)), dirname(dirname(dirname(file)))];
  return candidates.find((dir) => existsSync(join(dir, "config.json"))) ?? dirname(file);
}

async function inspect(folder: ReturnType<typeof folderOf>, file: string): Promise<boolean> {
  console.log(`\n${folder.name}/${file}`);
  const line = (what: string, value: string) => console.log(`  ${what.padEnd(14)} ${value}`);
  try {
    const files = await readModel(folder, file);
    const stock = decodeModel(files.model);
    const config = await readJson(folder, "config.json");
    line(
      "stock",
      `${stock.graph.nodes.length} nodes, opset ${[...stock.opsets].map(([d, v]) => `${d || "ai.onnx"} ${v}`).join(", ")}, by ${stock.producer || "unknown"}`,
    );
    line(
      "inputs",
      stock.graph.inputs
        .filter((i) => !stock.graph.initializers.has(i.name))
        .map((i) => `${i.name} ${i.dtype} [${i.dims?.map((d) => d ?? "?")}]`)
        .join("; "),
    );
    const { canonical, anatomy } = understand({ ...files, config });
    line("rewritten", counted(stock.graph.nodes.filter((n) => operatorOf(n) in rewrites)));
    line("canonical", `${canonical.model.graph.nodes.length} nodes: ${counted(canonical.model.graph.nodes)}`);
    line("precision", precisionOf(canonical.model));
    line("answers", canonical.answers.map((a) => `${a.name} [${canonical.facts.dims(a.name) ?? "?"}]`).join("; "));
    line("attention", `${anatomy.sites.length} sites`);
    for (const [i, s] of anatomy.sites.entries())
      line(
        `  layer ${i}`,
        `${s.heads} heads${s.kvHeads === s.heads ? "" : ` on ${s.kvHeads} of keys and values`}, probs ${s.probs.value} [${s.probs.layout.axes.map((a) => a.join("*"))}]`,
      );
    for (const miss of [...anatomy.misses, ...anatomy.sites.flatMap((s) => s.unfound)])
      line(anatomy.misses.includes(miss) ? "no attention" : "not found", describeMiss(miss));
    line("residual", anatomy.residual ? anatomy.residual.layers.map((l) => l.value).join(" -> ") : "not found");
    if (anatomy.residual?.finalNorm) line("final norm", anatomy.residual.finalNorm.value);
    line("embedding", anatomy.embedding.sources.join(", "));
    missing(canonical, anatomy, line);
    sessionSource(files, withTaps(canonical, anatomy));
    return true;
  } catch (error) {
    if (!(error instanceof GraphError) && !(error instanceof MissingFile) && (error as Error).name !== "OnnxError")
      throw error;
    line("stopped", (error as Error).message);
    if (error instanceof GraphError) for (const node of error.nodes.slice(0, 8)) line("", node);
    return false;
  }
}

/** What later steps lack. */
function missing(canonical: Canonical, anatomy: Anatomy, line: (what: string, value: string) => void): void {
  const { model, facts } = canonical;
  const unshaped = model.graph.nodes.filter((n) => !hasShapeRule(n.opType));
  line(
    "taps",
    unshaped.length === 0
      ? "nothing missing"
      : `shapes are not followed through ${counted(unshaped)}: ${unshaped
          .slice(0, 4)
          .map((n) => n.name)
          .join(", ")}`,
  );
  const sources = anatomy.embedding.sources.slice(0, 1);
  const unruled = unruledNodes(model.graph.nodes, facts, sources, exact, anatomy.flow.has);
  line("gradients", unruled.length === 0 ? stopOf(canonical, anatomy) : `no rules for ${counted(unruled)}`);
  for (const node of unruled.slice(0, 8)) line("", `${operatorOf(node)} ${node.name || node.outputs[0]}`);
  relevance(canonical, anatomy, line);
}

/** What stops the way back through operators that all have rules: a form that one doesn't take. */
function stopOf(canonical: Canonical, anatomy: Anatomy, mode: Mode = gradientMode): string {
  try {
    const { canonical: changed } = withInterventions(canonical, anatomy);
    withCotangents(withTaps(changed, anatomy), changed, differentiated(anatomy), [mode], anatomy);
    return "nothing missing";
  } catch (error) {
    if (error instanceof GraphError) return error.message;
    throw error;
  }
}

/** The ways to share out relevance that the graph can be gone back by, what stops the others, and what each layer is read as. */
function relevance(canonical: Canonical, anatomy: Anatomy, line: (what: string, value: string) => void): void {
  const stops = Object.values(lrpModes).map((mode) => ({ name: mode.name, why: stopOf(canonical, anatomy, mode) }));
  const whole = stops.filter(({ why }) => why === "nothing missing").map(({ name }) => name);
  line("LRP", whole.join(", ") || "nothing");
  for (const { name, why } of stops) if (!whole.includes(name)) line(`  ${name}`, why);
  const reading = readingOf({ graph: canonical.model.graph, canonical, anatomy });
  const counts = countLayers(reading).map(({ layer, found }) => ({
    layer,
    read: Object.entries(found)
      .map(([kind, nodes]) => `${nodes.length} ${kind}${nodes.length === 1 ? "" : "s"}`)
      .join(", "),
  }));
  const same = counts.every(({ read }) => read === counts[0].read);
  if (same && counts.length > 0) line("  each layer", counts[0].read);
  else for (const { layer, read } of counts) line(`  layer ${layer}`, read);
  line("DeepLIFT", stopOf(canonical, anatomy, deepliftMode));
}

function counted(nodes: readonly Node[]): string {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(operatorOf(node), (counts.get(operatorOf(node)) ?? 0) + 1);
  return (
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([op, n]) => `${op} ${n}`)
      .join(", ") || "nothing"
  );
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
