import { expect, test } from "vitest";
import { findAdapter } from "./adapter";

/** Answers null so many times, then a GPU; and what was done. */
function browser(nulls: number) {
  const done: (string | number)[] = [];
  const ask = async () => {
    done.push("ask");
    return done.filter((step) => step === "ask").length > nulls ? "GPU" : null;
  };
  return { done, found: findAdapter(ask, async (ms) => void done.push(ms)) };
}

test("asks once where there is a GPU", async () => {
  const { done, found } = browser(0);
  expect(await found).toBe("GPU");
  expect(done).toEqual(["ask"]);
});

test("asks again while the browser's GPU process is starting", async () => {
  const { done, found } = browser(2);
  expect(await found).toBe("GPU");
  expect(done).toEqual(["ask", 50, "ask", 100, "ask"]);
});

test("gives up where there is none", async () => {
  const { done, found } = browser(Number.POSITIVE_INFINITY);
  expect(await found).toBeNull();
  expect(done).toEqual(["ask", 50, "ask", 100, "ask", 200, "ask"]);
});
