import { expect, test } from "vitest";
import { lightness } from "./ground";

test("colours by how light they are", () => {
  expect(lightness("rgb(255, 255, 255)")).toBeCloseTo(1);
  expect(lightness("rgba(0, 0, 0, 0.87)")).toBe(0);
  expect(lightness("rgb(224, 224, 224)")).toBeGreaterThan(0.5);
  expect(lightness("color(srgb 1 1 1)")).toBeNull();
});
