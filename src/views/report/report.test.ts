import { beforeAll, describe, expect, test } from "vitest";
import { attribution } from "../attribution";
import { compare } from "../compare";
import { heads } from "../heads";
import { occlusion } from "../occlusion";
import { unitsFor } from "../shared/explaining";
import { PATCHES_NOTE } from "../shared/MethodNotes";
import { explained } from "../testing/explained";
import { commandOf, reportOf } from "./content";
import { canReport, writeReport } from "./index";
import { writeMarkdown } from "./markdown";

const ids = ["integrated-gradients", "raw-attention", "attn-lrp", "feature-ablation"];
let made: Awaited<ReturnType<typeof explained>>;
beforeAll(async () => {
  made = await explained('So "under|written" & <charming>.', ids);
});

const given = {
  now: new Date(Date.UTC(2026, 0, 2)),
  agent: "Test/1",
  link: "https://example.org/#text=a&b",
  encode: () => "data:,",
};
const views = [heads, attribution, occlusion, compare];
const html = async () => (await writeReport("html", made, views, given))!.text;

test("one file that needs no other: no script, no address but its own links, figures in it", async () => {
  const text = await html();
  expect(text).toMatch(/^<!doctype html>/);
  expect(text).not.toMatch(/<script|<link|<img|@import|url\(/);
  expect(text.match(/<svg/g)).toHaveLength(3);
  expect(text).toContain("So &quot;under|written&quot; &amp; &lt;charming&gt;.");
  expect(text).not.toContain("<charming>");
});

test("it holds what someone needs to file or repeat it", async () => {
  const report = reportOf(made.state(), given)!;
  const text = await html();
  const { model, shown } = report;
  for (const part of [model.sha256, model.file, report.made, "Test/1", "WebGPU", report.target, "Integrated gradients"])
    expect(text).toContain(part);
  expect(text).toContain("npm run explain -- a/encoder");
  expect(text).toContain("https://example.org/#text=a&amp;b");
  expect(text).toContain("It is not why the model answers");
  expect(text).toContain("covered by patents");
  expect(text).toContain("Random removal, 10 orders");
  expect(unitsFor(shown, "token")).toHaveLength(report.units.length);
});

test("Markdown has the same tables, with bars in cells escaped", () => {
  const text = writeMarkdown(reportOf(made.state(), given)!);
  expect(text).toContain("# What encoder goes by");
  expect(text).toContain('So "under\\|written" & <charming>.');
  expect(text).toContain("## Rank agreement: Spearman ρ below, p above, n = ");
  expect(text).toMatch(/```sh\nnpm run explain -- /);
  for (const line of text.split("\n").filter((each) => each.startsWith("| --- |")))
    expect(line).toMatch(/^(\| --- )+\|$/);
});

test("JSON is the command line's result: every method with options, values and passes", async () => {
  const written = await writeReport("json", made, views, given);
  const result = JSON.parse(written!.text);
  expect(result.type).toBe("result");
  expect(result.methods.map(({ id }: { id: string }) => id).sort()).toEqual([...ids].sort());
  for (const method of result.methods) {
    const explanation = made.state().explanations[method.id]!;
    expect(method.values).toEqual(explanation.status === "done" && explanation.result.values);
    expect(method.options).toEqual(explanation.options);
    expect(method.passes.forward).toBeGreaterThanOrEqual(0);
  }
  expect(result.spearman).toHaveLength(4);
  expect(result.faithfulness.methods).toHaveLength(4);
  expect(result.units).toHaveLength(result.encoding.ids.length);
});

describe("what a person added to judge by", () => {
  const judged = async () => {
    const own = await explained("So underwritten but charming.", ids);
    own.actions.mark([6]);
    own.actions.change("compare", { paraphrases: ["Charming but so underwritten.", "It is not charming."] });
    await own.actions.compareParaphrases(ids);
    return own;
  };

  test("is in its tables, with what the model says of each paraphrase", async () => {
    const own = await judged();
    const text = writeMarkdown(reportOf(own.state(), given)!);
    const token = own.shown.result.encoding.tokens[6];
    expect(text).toContain(`## Agreement with what was marked: ${token}`);
    expect(text).toContain("| 1 | Charming but so underwritten. | POSITIVE 0.900 | yes |");
    expect(text).toContain("| 2 | It is not charming. | NEGATIVE 0.900 | no |");
    expect(text).toContain("## Consistency over paraphrases");
    expect(text).toContain("not whether they are the model's");
    expect(text).toContain(
      "--marked 6 --paraphrase 'Charming but so underwritten.' --paraphrase 'It is not charming.'",
    );
  });

  test("is in its JSON, and nothing of it where there is none", async () => {
    const own = await judged();
    const result = JSON.parse((await writeReport("json", own, views, given))!.text);
    expect(result.plausibility.methods).toHaveLength(4);
    expect(result.consistency.paraphrases).toHaveLength(2);
    expect(result.consistency.methods[0].paraphrases.map((p: { samePrediction: boolean }) => p.samePrediction)).toEqual(
      [true, false],
    );
    const without = JSON.parse((await writeReport("json", made, views, given))!.text);
    expect([without.plausibility, without.consistency]).toEqual([undefined, undefined]);
  });
});

describe("the command that repeats it", () => {
  test("names text, target, options that aren't the default, unit and seed", () => {
    const state = made.state();
    const report = reportOf(state, given)!;
    const [first] = report.methods.filter(({ method }) => method.id === "integrated-gradients");
    const result = { ...first!.result, options: { ...first!.result.options, steps: 20 } };
    const target = { position: null, index: 1, against: 0, as: "probability" } as const;
    const shown = { ...report.shown, result: { ...report.shown.result, target } };
    const command = commandOf(
      { ...report, shown, unit: "word", seed: 7, methods: [{ ...first!, result }] },
      { text: "it's", pair: "b c", image: null },
      { kind: "shipped", id: "small" },
    );
    expect(command).toBe(
      "npm run explain -- models/small --text 'it'\\''s' --pair 'b c' --method integrated-gradients --target POSITIVE --against NEGATIVE --as probability --unit word --seed 7 --file onnx/model_fp16.onnx --option integrated-gradients.steps=20 --json",
    );
  });
  test("isn't there for ids that were typed", () => {
    expect(commandOf(reportOf(made.state(), given)!, { text: null, pair: null, image: null }, null)).toBeNull();
  });
});

test("of an image it says what token and text stand for in what is said of methods", () => {
  const state = made.state();
  const about = (of: typeof state) => reportOf(of, given)!.caveats.filter((each) => each.includes("image"));
  expect(about(state)).toEqual([]);
  const shown = state.shown!;
  const seen = { name: "cat.png", original: { width: 1, height: 1 }, width: 1, height: 1 };
  const result = { ...shown.result, seen: { ...seen, pixels: new Uint8ClampedArray(4) } };
  expect(about({ ...state, shown: { ...shown, result } })).toEqual([PATCHES_NOTE]);
});

test("nothing explained is nothing to report", async () => {
  const state = { ...made.state(), explanations: {} };
  expect(canReport(state)).toBe(false);
  expect(reportOf(state, given)).toBeNull();
  expect(canReport(made.state())).toBe(true);
});
