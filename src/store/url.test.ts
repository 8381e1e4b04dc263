import fc from "fast-check";
import { expect, test } from "vitest";
import { initial, VIEW_IDS } from "./state";
import { type Link, linkOf, parameterNames, readLink, writeLink } from "./url";

const name = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,20}$/);
const small = fc.nat({ max: 100_000 });
const text = fc.string({ unit: "grapheme", maxLength: 80 });
const filled = text.filter((each) => each !== "");
const heads = fc.uniqueArray(small, { minLength: 1, maxLength: 20 }).map((list) => [...list].sort((a, b) => a - b));

/** A word that doesn't read as a number or a truth value. */
const optionWord = fc
  .stringMatching(/^[a-z[][a-z \]]{0,9}[a-z\]]$/)
  .filter((each) => !["true", "false"].includes(each));

const look = fc
  .record(
    {
      layer: small,
      kind: fc.constantFrom("encoder", "decoder", "cross"),
      heads,
      head: small,
      pin: fc.record({ side: fc.constantFrom("query" as const, "key" as const), index: small }),
      open: fc.record({ layer: small, head: small }),
    },
    { requiredKeys: [] },
  )
  .filter((each) => Object.keys(each).length > 0);

const links: fc.Arbitrary<Link> = fc
  .record(
    {
      model: fc.oneof(
        name,
        fc.tuple(name, name).map(([owner, repo]) => `${owner}/${repo}`),
      ),
      file: fc.constantFrom("model.onnx", "onnx/model_fp16.onnx", "a b/ü.onnx"),
      device: fc.constantFrom("webgpu" as const, "wasm" as const),
      text,
      pair: filled,
      ids: fc.array(small).map((list) => list.join(" ")),
      image: filled,
      view: fc.constantFrom(...VIEW_IDS),
      look,
      target: filled,
      against: text,
      as: fc.constantFrom("logit" as const, "log-probability" as const, "probability" as const),
      unit: fc.constantFrom("token" as const, "word" as const),
      seed: small,
      options: fc.dictionary(
        fc.constantFrom("lime", "integrated-gradients", "attn-lrp"),
        fc.dictionary(
          fc.stringMatching(/^[a-z][\w-]{0,9}$/),
          fc.oneof(fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), optionWord),
          { minKeys: 1, maxKeys: 3 },
        ),
        { minKeys: 1, maxKeys: 2 },
      ),
      theme: fc.constantFrom("light" as const, "dark" as const, "system" as const),
      sinks: fc.boolean(),
      words: fc.boolean(),
      filter: fc.constantFrom("all" as const, "aa" as const, "ab" as const, "ba" as const, "bb" as const),
      straight: fc.boolean(),
      embed: fc.boolean(),
      own: fc.constantFrom(
        { neuron: { dimensions: "contribution" as const } },
        { rollout: { method: "chefer" as const, from: 3 } },
        { neuron: { keys: "weight" as const, vectors: false, key: 12 } },
      ),
    },
    { requiredKeys: [] },
  )
  .chain((link) =>
    link.model === undefined
      ? fc.constant(link)
      : fc.option(name, { nil: undefined }).map((revision) => (revision ? { ...link, revision } : link)),
  );

test("every link that is written is read back the same, without a notice", { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(links, (link) => {
      expect(readLink(`#${writeLink(link)}`)).toEqual({ link, notices: [] });
    }),
  );
});

test("no two parameters share a name, and a view as it starts needs none of its own", () => {
  expect(new Set(parameterNames).size).toBe(parameterNames.length);
  expect(writeLink(linkOf(initial))).toBe("view=heads");
});

test("no fragment throws", { timeout: 30_000 }, () => {
  const parameter = fc.constantFrom("model", "text", "heads", "layer", "pin", "open", "target", "theme", "view", "x");
  const raw = fc.string({ unit: "binary", maxLength: 60 });
  const fragment = fc.array(
    fc.oneof(
      raw,
      fc.tuple(parameter, raw).map((part) => part.join("=")),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(fragment, (parts) => {
      const { notices } = readLink(`#${parts.join("&")}`);
      for (const notice of notices) expect(notice.length).toBeLessThan(400);
    }),
  );
});

test("reads the link of the public contract", () => {
  const { link, notices } = readLink(
    "#model=Xenova/bert-base&text=A+b%20c&view=heads&layer=3&heads=7,0,3&target=POSITIVE&theme=dark&embed=1",
  );
  expect(notices).toEqual([]);
  expect(link).toEqual({
    model: "Xenova/bert-base",
    text: "A b c",
    view: "heads",
    look: { layer: 3, heads: [0, 3, 7] },
    target: "POSITIVE",
    theme: "dark",
    embed: true,
  });
});

test.each([
  ["view=sideways", "view=sideways"],
  ["layer=-1", "layer=-1"],
  ["heads=1,x", "heads=1,x"],
  ["theme=blue", "theme=blue"],
  ["pin=first", "pin=first"],
  ["head=-2", "head=-2"],
  ["order=size", "order=size"],
  ["open=5", "open=5"],
  ["model=../../etc", "model=../../etc"],
  ["embed=yes", "embed=yes"],
  ["colour=red", "colour=red"],
  ["__proto__=1", "__proto__=1"],
])("%s is named in a notice and left out", (fragment, named) => {
  const { link, notices } = readLink(`#${fragment}&text=kept`);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toContain(named);
  expect(link).toEqual({ text: "kept" });
});

test("a link that was cut short still reads", () => {
  expect(readLink("#text=50%25%E2%8&view=model").link).toEqual({ text: "50%\uFFFD%8", view: "model" });
});

test("half a surrogate pair can be written", () => {
  expect(readLink(writeLink({ text: "a\uD800b" })).link).toEqual({ text: "a\uFFFDb" });
});
