import { expect, test, vi } from "vitest";
import { latest } from "./latest";

/** A job whose calls end when the test says so. */
function manual() {
  const started: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const runs = latest((name: string) => {
    started.push(name);
    return new Promise<string>((resolve, reject) => {
      ends.set(name, (error) => (error ? reject(error) : resolve(name)));
    });
  });
  const outcome = (name: string) =>
    runs.call(name).then(
      (value) => `${value} done`,
      (error: Error) => `${name} ${error.message}`,
    );
  const begins = (name: string) => vi.waitFor(() => expect(started.at(-1)).toBe(name));
  return { started, outcome, begins, drop: runs.drop, end: (name: string, error?: Error) => ends.get(name)!(error) };
}

const superseded = "cancelled: a newer run took its place";

test("of calls that come together the newest runs", async () => {
  const { started, outcome, begins, end } = manual();
  const outcomes = ["a", "b", "c"].map(outcome);
  await begins("c");
  end("c");
  expect(await Promise.all(outcomes)).toEqual([`a ${superseded}`, `b ${superseded}`, "c done"]);
  expect(started).toEqual(["c"]);
});

test("while one runs, only the newest waits", async () => {
  const { started, outcome, begins, end } = manual();
  const first = outcome("a");
  await begins("a");
  const others = ["b", "c", "d"].map(outcome);
  expect(await others[0]).toBe(`b ${superseded}`);
  expect(await others[1]).toBe(`c ${superseded}`);
  end("a");
  expect(await first).toBe("a done");
  await begins("d");
  end("d");
  expect(await others[2]).toBe("d done");
  expect(started).toEqual(["a", "d"]);
});

test("goes on after a failure", async () => {
  const { outcome, begins, end } = manual();
  const first = outcome("a");
  await begins("a");
  const second = outcome("b");
  end("a", new Error("broke"));
  expect(await first).toBe("a broke");
  await begins("b");
  end("b");
  expect(await second).toBe("b done");
});

test("drops the one that waits, and takes the next", async () => {
  const { started, outcome, begins, drop, end } = manual();
  const dropped = outcome("a");
  drop();
  expect(await dropped).toBe(`a ${superseded}`);
  const next = outcome("b");
  await begins("b");
  end("b");
  expect(await next).toBe("b done");
  expect(started).toEqual(["b"]);
});
