import { expect, test, vi } from "vitest";
import { createWorkspace } from "../store/store";
import { syntheticExplainer } from "../store/testing/synthetic";
import { palettes } from "../views/shared/palette";
import { answerEmbedder } from "./frame";
import { APP, type Reply, VERSION } from "./messages";

const HOST = "https://host.example";

/** A page in a frame, and what its embedder hears, with the origin that each reply is for. */
function embedded(origins: readonly string[] | null = null) {
  const heard: { data: Reply; to: string }[] = [];
  const listeners = new Set<(event: MessageEvent) => void>();
  const parent = {
    postMessage: (data: Reply, { targetOrigin }: { targetOrigin: string }) => heard.push({ data, to: targetOrigin }),
  };
  const page = {
    parent,
    addEventListener: (_: string, listener: (event: MessageEvent) => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: (event: MessageEvent) => void) => listeners.delete(listener),
  } as unknown as Window;
  const explainer = syntheticExplainer(() => ({
    name: "encoder",
    layers: 2,
    heads: 4,
    family: "encoder",
    pairs: true,
  }));
  const workspace = createWorkspace(explainer, { catalog: async () => ({ models: [] }), examples: async () => [] });
  const end = answerEmbedder({
    workspace,
    explainer,
    origins,
    page,
    look: () => ({ palette: palettes.light, width: 800 }),
    onHeight(tell) {
      tell(420);
      return () => {};
    },
  });
  const hear = (data: unknown, { source = parent as unknown, origin = HOST } = {}) => {
    for (const listener of listeners) listener({ data, source, origin } as MessageEvent);
  };
  const say = (body: object, from = {}) => hear({ app: APP, version: VERSION, ...body }, from);
  const reply = (id: string, type: string) => {
    const find = () => heard.find(({ data }) => data.type === type && data.id === id)?.data;
    return vi.waitUntil(find, { timeout: 10_000 });
  };
  return { heard, hear, say, reply, workspace, end, listeners };
}

const load = { id: "1", type: "load", model: "owner/encoder" };

test("says that it is there, and how tall, before it knows who asks", () => {
  const { heard } = embedded();
  expect(heard.map(({ data, to }) => [data.type, to])).toEqual([
    ["size", "*"],
    ["ready", "*"],
  ]);
  expect(heard[1]?.data).toMatchObject({ app: APP, version: VERSION, capabilities: { models: true } });
});

test("loads, explains and gives attention to the origin that asked", async () => {
  const { heard, say, reply } = embedded();
  say(load);
  expect(await reply("1", "loaded")).toMatchObject({ of: "1", model: "encoder", layers: 2, heads: 4 });
  const methods = [{ id: "leave-one-out" }, { id: "raw-attention", options: { layer: "mean" } }];
  say({ id: "2", type: "explain", text: "a b", methods, unit: "token", seed: 3, target: { output: "POSITIVE" } });
  const result = await reply("2", "result");
  expect(result).toMatchObject({ of: "2", seed: 3, failures: [], target: { index: 1 } });
  const found = (result as unknown as { methods: { id: string; values: number[]; options: object }[] }).methods;
  expect(found.map(({ id }) => id).sort()).toEqual(["leave-one-out", "raw-attention"]);
  expect(found.find(({ id }) => id === "raw-attention")?.options).toEqual({ layer: "mean" });
  for (const { values } of found) expect(values).toHaveLength(4);
  say({ id: "3", type: "attention", layer: 1, head: 2 });
  expect(await reply("3", "result")).toMatchObject({ attention: { layer: 1, heads: [2], dims: [1, 4, 4] } });
  const late = heard.slice(2).filter(({ to }) => to !== HOST);
  expect(late).toEqual([]);
});

test("measures how faithful methods are where it is asked to", async () => {
  const { heard, say, reply } = embedded();
  say(load);
  await reply("1", "loaded");
  const methods = [{ id: "leave-one-out" }, { id: "random" }];
  say({ id: "2", type: "explain", text: "a b c d", methods });
  expect(await reply("2", "result")).not.toHaveProperty("faithfulness");
  say({ id: "3", type: "explain", text: "a b c d e", methods, metrics: true });
  const result = (await reply("3", "result")) as unknown as {
    faithfulness: { methods: { method: string; mean: { comprehensiveness: number } }[] };
  };
  expect(result.faithfulness.methods.map(({ method }) => method)).toEqual(["leave-one-out", "random"]);
  for (const { mean } of result.faithfulness.methods) expect(mean.comprehensiveness).not.toBeNull();
  expect(heard.some(({ data }) => data.type === "progress" && data.of === "3" && data.label === "metrics")).toBe(true);
});

test("shows what it is told to, and tells what the visitor pins", async () => {
  const { heard, say, reply, workspace } = embedded();
  workspace.store.setState({ pinned: { side: "query", index: 0 } });
  expect(heard.some(({ data }) => data.type === "selection")).toBe(false);
  say(load);
  await reply("1", "loaded");
  workspace.actions.setText("a b");
  await workspace.actions.run();
  say({ id: "2", type: "show", view: "model", layer: 0, heads: [1], pinned: 1, theme: "dark" });
  await reply("2", "result");
  expect(workspace.store.getState()).toMatchObject({ view: "model", site: 0, heads: [1], theme: "dark" });
  const selection = heard.findLast(({ data }) => data.type === "selection");
  expect(selection?.to).toBe(HOST);
  expect(selection?.data).toMatchObject({ view: "model", layer: 0, heads: [1], pinned: { index: 1, token: "a" } });
});

test("opens posted attention in a model's place", async () => {
  const { say, reply, heard } = embedded();
  const attention = [{ layer: 0, dims: [1, 2, 2], data: Float32Array.of(1, 0, 0.5, 0.5) }];
  say({ id: "1", type: "trace", tokens: ["a"], attention });
  await vi.waitUntil(() => heard.some(({ data }) => data.type === "loaded" || data.type === "error"));
  expect(await reply("1", "loaded")).toMatchObject({ of: "1" }); // the synthetic explainer opens anything
});

test("refuses what it can't do, by the request's id", async () => {
  const { say, reply } = embedded();
  say({ id: "1", type: "explain", text: "a", methods: [] });
  expect(await reply("1", "error")).toMatchObject({ of: "1", code: "bad-input", message: "no model: load one first" });
  say(load);
  say({ ...load, type: "export", format: "svg" });
  expect(await reply("1", "error")).toBeDefined();
  say({ id: "2", type: "show", layer: 9 });
  expect(await reply("2", "error")).toMatchObject({ message: "no layer: 9" });
  say({ id: "3", type: "load", model: "a", extra: true });
  expect(await reply("3", "error")).toMatchObject({ code: "bad-message", message: "bad message: unknown field extra" });
  say({ id: "5", type: "explain", image: new Blob(["a"]), methods: [] });
  expect(await reply("5", "error")).toMatchObject({ message: "no image: this model reads text" });
  say({ id: "4", type: "explain", text: "a", methods: [{ id: "magic" }] });
  expect(await reply("4", "error")).toBeDefined();
});

test("hears nobody but the window that embeds it", () => {
  const { heard, say, hear } = embedded();
  const before = heard.length;
  say(load, { source: {} });
  hear({ app: "another", id: "1", type: "load" });
  hear("load");
  expect(heard).toHaveLength(before);
});

test("an origin that isn't named gets an error and nothing else", async () => {
  const { heard, say, reply } = embedded([HOST]);
  say(load, { origin: "https://other.example" });
  const last = heard.at(-1);
  expect(last?.to).toBe("https://other.example");
  expect(last?.data).toMatchObject({ type: "error", code: "origin", of: null });
  say(load);
  await reply("1", "loaded");
});

test("stops hearing when it is ended", () => {
  const { end, listeners } = embedded();
  end();
  expect(listeners.size).toBe(0);
});
