import { describe, expect, it } from "vitest";
import { optionsOf } from "./options";

const [ig, rollout] = [{ id: "integrated-gradients" }, { id: "rollout" }];

describe("options on the command line", () => {
  it("are those of the one method, numbers and truth values read as such", () => {
    const pairs = [
      "steps=20",
      "baseline=text",
      "baseline-text=a=b",
      "several=true",
      "integrated-gradients.rule=trapezoid",
    ];
    expect(optionsOf(pairs, [ig])).toEqual([
      { steps: 20, baseline: "text", "baseline-text": "a=b", several: true, rule: "trapezoid" },
    ]);
  });

  it("say which of several methods they are for", () => {
    expect(optionsOf(["rollout.discard=0.5", "integrated-gradients.steps=8"], [ig, rollout])).toEqual([
      { steps: 8 },
      { discard: 0.5 },
    ]);
    expect(() => optionsOf(["steps=8"], [ig, rollout])).toThrow(
      "say which: METHOD.steps=8, of integrated-gradients, rollout",
    );
    expect(() => optionsOf(["lime.steps=8"], [ig])).toThrow("lime isn't among the methods: integrated-gradients");
    expect(() => optionsOf(["steps"], [ig])).toThrow("bad option: steps");
  });
});
