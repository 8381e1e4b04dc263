import { expect, test } from "vitest";
import type { HeadScores } from "../../worker/protocol";
import { characters, charactersOf, countCharacters, metersOf, scoresOf } from "./characters";

const none: HeadScores = {
  site: 0,
  head: 0,
  previous: 0,
  next: 0,
  first: 0,
  separator: 0,
  same: 0,
  duplicate: 0,
  induction: null,
  entropy: 1,
  evenEntropy: 4,
};

test.each([
  ["previous", { previous: 0.4 }],
  ["next", { next: 0.4 }],
  ["same", { same: 0.4 }],
  ["duplicate", { duplicate: 0.3 }],
  ["induction", { induction: 0.4 }],
  ["sink", { first: 0.5 }],
  ["sink", { separator: 0.5 }],
  ["broad", { entropy: 3.4 }],
] as const)("%s is told from its threshold on", (id, scores) => {
  expect(charactersOf({ ...none, ...scores }).map((character) => character.id)).toEqual([id]);
  const [name, value] = Object.entries(scores)[0]!;
  expect(charactersOf({ ...none, [name]: value - 0.05 })).toEqual([]);
});

test("a head that is several is called by the most telling, and counts for each", () => {
  const both = { ...none, induction: 0.6, first: 0.6 };
  expect(charactersOf(both).map(({ id }) => id)).toEqual(["induction", "sink"]);
  expect(Object.fromEntries(countCharacters([both, none, { ...none, first: 0.9 }]))).toEqual({ induction: 1, sink: 2 });
});

test("badges and labels are each other's only one", () => {
  for (const part of ["badge", "label", "caption"] as const)
    expect(new Set(characters.map((character) => character[part])).size).toBe(characters.length);
});

test("meters leave out what can't be measured or can't be", () => {
  const labels = (scores: HeadScores, causal: boolean) => metersOf(scores, causal).map(({ label }) => label);
  expect(labels(none, false)).toEqual(["Previous token", "Next token", "Same token", "Separator sink", "Entropy"]);
  expect(labels({ ...none, induction: 0 }, true)).toEqual([
    "Induction",
    "Previous token",
    "Same token",
    "Duplicate token",
    "First-token sink",
    "Entropy",
  ]);
});

test("finds a head's scores", () => {
  const wanted = { ...none, site: 2, head: 3 };
  expect(scoresOf([none, wanted], 2, 3)).toBe(wanted);
  expect(scoresOf([none], 2, 3)).toBeUndefined();
  expect(scoresOf(null, 0, 0)).toBeUndefined();
});
