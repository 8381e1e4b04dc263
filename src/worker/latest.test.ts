import { expect, test } from "vitest";
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
  return { started, outcome, drop: runs.drop, end: (name: string, error?: Error) => ends.get(name)!(error) };
}

const superseded = "cancelled: a newer run took its place";

test("one runs, only the newest waits", async () => {
  const { started, outcome, end } = manual();
  const outcomes = ["a", "b", "c", "d"].map(outcome);
  expect(started).toEqual(["a"]);
  expect(await outcomes[1]).toBe(`b ${superseded}`);
  expect(await outcomes[2]).toBe(`c ${superseded}`);
  end("a");
  expect(await outcomes[0]).toBe("a done");
  expect(started).toEqual(["a", "d"]);
  end("d");
  expect(await outcomes[3]).toBe("d done");
});

test("goes on after a failure", async () => {
  const { started, outcome, end } = manual();
  const first = outcome("a");
  const second = outcome("b");
  end("a", new Error("broke"));
  expect(await first).toBe("a broke");
  expect(started).toEqual(["a", "b"]);
  end("b");
  expect(await second).toBe("b done");
});

test("drops the one that waits", async () => {
  const { started, outcome, drop, end } = manual();
  const first = outcome("a");
  const second = outcome("b");
  drop();
  expect(await second).toBe(`b ${superseded}`);
  end("a");
  expect(await first).toBe("a done");
  expect(started).toEqual(["a"]);
});
