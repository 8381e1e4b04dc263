import { describe, expect, test } from "vitest";
import { feedsOf } from "../explain/feeds";
import { zeros } from "../tensor/tensor";
import { anatomyOf } from "./anatomy";
import { canonicalise } from "./canonicalise";
import { usedInputs } from "./prune";
import { tappedValues, withTaps } from "./taps";
import { fixtureFiles } from "./testing/fixtures";
import { runModel } from "./testing/run";

describe("taps add outputs and change none", () => {
  test.each(fixtureFiles().map((file) => [file.name, file] as const))("%s", async (_name, file) => {
    const canonical = canonicalise(file.model(), file.config);
    const anatomy = anatomyOf(canonical);
    const tapped = withTaps(canonical, anatomy);
    const { graph } = canonical.model;
    expect(tapped.graph.nodes).toBe(graph.nodes);
    expect(tapped.graph.initializers).toBe(graph.initializers);
    const names = tapped.graph.outputs.map((o) => o.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.slice(0, graph.outputs.length)).toEqual(graph.outputs.map((o) => o.name));

    const used = usedInputs(graph);
    const inputs = canonical.inputs.filter((i) => used.has(i.name));
    const ids = [3, 14, 15, 9];
    const feeds = feedsOf(
      inputs,
      inputs.some((i) => i.role === "pixels")
        ? { pixels: zeros("float32", [1, 3, ...canonical.point.image]) }
        : { ids: [ids], mask: [ids.map(() => 1)], segments: [ids.map(() => 0)] },
    );
    const read = graph.inputs.filter((i) => used.has(i.name));
    const answers = graph.outputs.map((o) => o.name);
    const external = file.external();
    const before = await runModel({ ...canonical.model, graph: { ...graph, inputs: read } }, feeds, answers, external);
    const after = await runModel({ ...tapped, graph: { ...tapped.graph, inputs: read } }, feeds, names, external);
    for (const answer of answers) expect(after[answer]).toEqual(before[answer]);
    for (const value of tappedValues(anatomy))
      expect(after[value].dims).toHaveLength(canonical.facts.dims(value)?.length ?? -1);
  });
});
