import { expect, test } from "vitest";
import { syntheticEncoding } from "./testing/synthetic";
import { hasPair, hasSubwords, isSink, spell, unitAt, unitsOf } from "./units";

test.each([
  ["##written", "##", "written"],
  ["##", "", "##"],
  [" Mary", "", "Mary"],
  ["▁the", "", "the"],
  [" ", "", "␣"],
  ["\n\n", "", "↵↵"],
  ["", "", "∅"],
  ["[CLS]", "", "[CLS]"],
])("spells %j", (token, mark, label) => {
  expect(spell(token)).toEqual({ mark, label });
});

const encoding = syntheticEncoding({ kind: "text", text: "so underwritten", pair: "a b" }, "encoder");

test("words join their tokens; special tokens and the two texts stay apart", () => {
  expect(unitsOf(encoding, false).map(({ mark, label }) => mark + label)).toEqual([
    "[CLS]",
    "so",
    "under",
    "##written",
    "[SEP]",
    "a",
    "b",
    "[SEP]",
  ]);
  const words = unitsOf(encoding, true);
  expect(words.map(({ label, from, to }) => `${label} ${from}-${to}`)).toEqual([
    "[CLS] 0-1",
    "so 1-2",
    "underwritten 2-4",
    "[SEP] 4-5",
    "a 5-6",
    "b 6-7",
    "[SEP] 7-8",
  ]);
  expect(unitAt(words, 3)).toBe(2);
  expect(unitAt(words, 99)).toBe(-1);
});

test("knows a pair, subwords and sinks", () => {
  expect([hasPair(encoding), hasSubwords(encoding)]).toEqual([true, true]);
  const plain = syntheticEncoding({ kind: "text", text: "a b" }, "decoder");
  expect([hasPair(plain), hasSubwords(plain)]).toEqual([false, false]);
  const [first, second] = unitsOf(plain, false);
  expect([isSink(first!, true), isSink(first!, false), isSink(second!, true)]).toEqual([true, false, false]);
});
