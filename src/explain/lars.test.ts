import { expect, it } from "vitest";
import { larsOrder } from "./lars";

it("takes columns in as the reference does", () => {
  // scikit-learn 1.9, lars_path(X, y)[1]
  const x = (r: number, c: number) => (((r * 5 + c) * 7919) % 23) / 11 - 1;
  const y = Array.from({ length: 12 }, (_, r) => ((r * 104729) % 17) / 5 - 1);
  const sums = (of: (r: number) => number) => y.reduce((sum, _, r) => sum + of(r), 0);
  const gram = Float64Array.from({ length: 25 }, (_, i) => sums((r) => x(r, Math.floor(i / 5)) * x(r, i % 5)));
  const right = Float64Array.from({ length: 5 }, (_, c) => sums((r) => x(r, c) * y[r]));
  expect(larsOrder(gram, right, 9)).toEqual([4, 3, 1, 2, 0]);
  expect(larsOrder(gram, right, 2)).toEqual([4, 3]);
  expect(larsOrder(gram, new Float64Array(5), 2)).toEqual([]);
});
