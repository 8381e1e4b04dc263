import { afterEach, expect, test, vi } from "vitest";
import { askShipped, takeAhead } from "./ahead";

const base = "https://page.example/models/";
const at = (path: string): URL => new URL(path, base);
const listed = (...paths: string[]) => paths.map((path) => ({ path, bytes: 1 }));
const models = [
  { id: "one", files: listed("config.json", "README.md", "tokenizer.json", "onnx/model.onnx") },
  { id: "two", files: listed("config.json", "onnx/model.onnx", "onnx/model_fp16.onnx") },
];

/** A server whose files say their own paths; what was asked of it, in order. */
function served(index: unknown = { models }): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: URL) => {
    const path = url.href.slice(base.length);
    asked.push(path);
    return path === "index.json" ? Response.json(index) : new Response(path);
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

test("what a load reads is asked for at once, and each answer is taken once", async () => {
  const asked = served();
  await askShipped(base, null);
  expect(asked).toEqual(["index.json", "one/config.json", "one/tokenizer.json", "one/onnx/model.onnx"]);
  const index = await takeAhead(at("index.json"));
  expect(await index!.json()).toEqual({ models });
  const model = await takeAhead(at("one/onnx/model.onnx"));
  expect(await model!.text()).toBe("one/onnx/model.onnx");
  expect(takeAhead(at("one/onnx/model.onnx"))).toBeUndefined();
  expect(takeAhead(at("one/README.md"))).toBeUndefined();
});

test("of several graphs none is fetched before one is chosen; of a model that isn't there nothing is", async () => {
  const asked = served();
  await askShipped(base, "two");
  expect(asked).toEqual(["index.json", "two/config.json"]);
  await askShipped(base, "three");
  expect(asked.slice(2)).toEqual(["index.json"]);
});

test("a body is read on while nobody waits for it, and fails for who reads it where it broke off", async () => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      if (pulled > 20) controller.error(new TypeError("cut"));
      else controller.enqueue(new Uint8Array(1000));
    },
  });
  vi.stubGlobal("fetch", async (url: URL) =>
    url.pathname.endsWith("index.json") ? Response.json({ models }) : new Response(body),
  );
  await askShipped(base, "two");
  await vi.waitFor(() => expect(pulled).toBe(21));
  const config = await takeAhead(at("two/config.json"));
  await expect(config!.arrayBuffer()).rejects.toThrow("cut");
});

test("an answer that can't be had fails for who takes it", async () => {
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("no network");
  });
  await expect(askShipped(base, null)).rejects.toThrow("no network");
  await expect(takeAhead(at("index.json"))).rejects.toThrow("no network");
});
