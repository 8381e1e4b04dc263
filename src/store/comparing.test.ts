import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readCatalog } from "./catalog";
import { comparingExamples, comparingLink } from "./comparing";
import { readLink, writeLink } from "./url";

const { models } = readCatalog(JSON.parse(readFileSync("models/index.json", "utf8")));

test("each shipped model has a text to compare methods on, with a control and more than one family", () => {
  expect(comparingExamples(models).map(({ model, example }) => [model.id, example.text])).toEqual([
    ["sst-distilbert", "The movie was surprisingly entertaining despite a weak script"],
    ["stories-gpt2", "The Eiffel Tower is located in the city of"],
  ]);
  for (const { example } of comparingExamples(models)) {
    expect(example.compare!.methods).toContain("random");
    expect(example.compare!.methods).toContain("leave-one-out");
    expect(example.compare!.methods.length).toBeGreaterThan(6);
  }
});

test("its link says all of it", () => {
  const [, language] = comparingExamples(models);
  const { link, notices } = readLink(writeLink(comparingLink(language!.model, language!.example)));
  expect(notices).toEqual([]);
  expect(link).toMatchObject({ model: "stories-gpt2", view: "compare", target: "Paris", against: "London" });
  expect(link.own?.compare?.methods).toEqual(language!.example.compare!.methods);
});

test("an example without a choice of its own opens with the methods that are there", () => {
  const [model] = models;
  const plain = model!.examples.find(({ compare }) => compare === null)!;
  expect(readLink(writeLink(comparingLink(model!, plain))).link).toEqual({
    ...{ model: model!.id, text: plain.text, view: "compare", unit: "token" },
  });
});
