import { expect, test } from "vitest";
import { BadFile } from "../explain/read";
import { AttentionCache } from "./attention";
import { readExamples, writeExample } from "./example";
import { syntheticExplainer } from "./testing/synthetic";

async function written() {
  const explainer = syntheticExplainer(() => ({ name: "small", layers: 2, heads: 3, family: "encoder" }));
  const model = await explainer.load({ kind: "shipped", id: "small" }, "auto", () => {});
  const texts = ["The cast is charming.", "Dull."];
  const examples = await Promise.all(
    texts.map(async (text) => {
      const result = await explainer.run({ kind: "text", text }, null);
      const slices = await Promise.all(model.sites.map(({ index }) => explainer.attention(result.trace, index, [])));
      return {
        text,
        look: { layer: 1, heads: [0, 2], pin: 3 },
        result,
        scores: await explainer.scores(result.trace),
        attention: new Map(slices.map(({ site, data }) => [site, data])),
      };
    }),
  );
  return { examples, ...writeExample(model, examples) };
}

const bufferOf = (data: Uint8Array): ArrayBuffer => data.slice().buffer as ArrayBuffer;

test("what is written is read back, and answers for its attention", async () => {
  const { examples, json, data } = await written();
  const read = readExamples(JSON.parse(json), bufferOf(data));
  expect(read.map(({ text }) => text)).toEqual(["The cast is charming.", "Dull."]);
  for (const [i, example] of read.entries()) {
    expect(example.shown.result).toEqual({ ...examples[i]!.result, trace: -1 - i });
    expect(example.shown.scores).toEqual(examples[i]!.scores);
    expect(example.attention).toEqual(examples[i]!.attention);
    expect(example.look).toEqual({ layer: 1, heads: [0, 2], pin: { side: "query", index: 3 } });
  }
  const cache = new AttentionCache(() => Promise.reject(new Error("a worker was asked")));
  cache.setExamples(read);
  const tokens = read[0]!.shown.result.encoding.ids.length;
  const at = { trace: -1, site: 1, tokens };
  await cache.fetch({ ...at, heads: [2, 0] });
  expect(cache.peek(at, 2)?.data).toEqual(examples[0]!.attention.get(1)!.subarray(2 * tokens * tokens));
});

test.each([
  ["another version", (json: string) => json.replace('"version":1', '"version":2'), "version 2"],
  ["a missing field", (json: string) => json.replace('"candidates"', '"candidate"'), "candidates"],
  ["a token too few", (json: string) => json.replace('"[CLS]",', ""), "tokens are not"],
])("%s is named", async (_, change, named) => {
  const { json, data } = await written();
  const read = () => readExamples(JSON.parse(change(json)), bufferOf(data));
  expect(read).toThrow(BadFile);
  expect(read).toThrow(named);
});

test("weights that are cut short are named", async () => {
  const { json, data } = await written();
  expect(() => readExamples(JSON.parse(json), bufferOf(data.slice(0, -2)))).toThrow("bad example.bin: site 1");
});
