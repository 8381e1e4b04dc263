import { describe, expect, it } from "vitest";
import { plausibility } from "./plausibility";

describe("plausibility", () => {
  it("has scikit-learn's area under precision over recall, ties included", () => {
    const marks = [0, 1, 1, 0, 0, 1, 0].map(Boolean);
    const found = plausibility([0.1, 0.9, 0.4, 0.4, 0.2, 0.3, -0.5], marks);
    expect(found.auprc).toBeCloseTo(0.8472222222222221, 14);
  });

  it("counts top units against marked ones", () => {
    const found = plausibility([3, 2, 1, 0], [true, false, true, false]);
    expect(found).toMatchObject({ top: 2, precision: 0.5, recall: 0.5, f1: 0.5, iou: 1 / 3 });
    expect(plausibility([3, 2, 1, 0], [true, false, true, false], 3)).toMatchObject({ recall: 1, iou: 2 / 3 });
    expect(plausibility([3, 2], [true, true])).toMatchObject({ auprc: 1, f1: 1, iou: 1 });
  });

  it("knows no area where nothing is marked", () => {
    expect(plausibility([1, 2], [false, false])).toEqual({
      auprc: null,
      top: 0,
      precision: 0,
      recall: 0,
      f1: 0,
      iou: 0,
    });
  });
});
