import { expect, test } from "vitest";
import type { Mode } from "../autodiff/explaining";
import { exact } from "../autodiff/gradients";
import { GraphError } from "../graph/error";
import { graph, modelOf } from "../onnx/testing/sample";
import { float32 } from "../tensor/tensor";
import type { Built } from "./explaining-model";
import type { Session } from "./session";
import { openSessions } from "./sessions";

const modeOf = (name: string): Mode => ({ name, rules: () => exact });
const [gradient, relevance, unruled] = ["gradient", "relevance", "unruled"].map(modeOf);
const model = modelOf(18, graph({ nodes: [] }));
const builtWith = (modes: readonly Mode[]): Built => ({ model, modes, idle: {} });
const noFeeds = () => ({});

/** Sessions that answer with how many ways back they have; at most one may be open. */
function workbench() {
  const made: string[][] = [];
  let open = 0;
  let failing = false;
  const create = async ({ modes }: Built): Promise<Session> => {
    if (failing) throw new Error("std::bad_alloc");
    made.push(modes.map((m) => m.name));
    expect(++open).toBe(1);
    let released = false;
    return {
      inputNames: [],
      outputNames: ["y"],
      run: async () => {
        expect(released).toBe(false);
        return { y: float32([1], [modes.length]) };
      },
      release: async () => {
        released = true;
        open--;
      },
    };
  };
  const explaining = (modes: readonly Mode[]): Built => {
    if (modes.includes(unruled)) throw new GraphError("no gradient", "Unheard");
    return builtWith(modes.includes(gradient) ? modes : [gradient, ...modes]);
  };
  const start = () => openSessions({ first: builtWith([]), explaining, create });
  const fail = (on: boolean) => {
    failing = on;
  };
  return { made, start, fail, open: () => open };
}

test("the first session is plain, and the explaining one takes its place when it is needed", async () => {
  const { made, start } = workbench();
  const sessions = await start();
  expect((await sessions.run(noFeeds, ["y"])).y.data[0]).toBe(0);
  expect((await sessions.explain([], noFeeds, ["y"])).y.data[0]).toBe(1);
  expect((await sessions.explain([gradient], noFeeds, ["y"])).y.data[0]).toBe(1);
  expect((await sessions.run(noFeeds, ["y"])).y.data[0]).toBe(1);
  expect(made).toEqual([[], ["gradient"]]);
});

test("a further way back is added to those that are there", async () => {
  const { made, start } = workbench();
  const sessions = await start();
  await sessions.explain([gradient], noFeeds, ["y"]);
  await sessions.explain([relevance], noFeeds, ["y"]);
  await sessions.explain([gradient], noFeeds, ["y"]);
  expect(made).toEqual([[], ["gradient"], ["gradient", "relevance"]]);
});

test("a session can be made ahead of what it is for, once", async () => {
  const { made, start } = workbench();
  const sessions = await start();
  await sessions.prepare([gradient]);
  expect(made).toEqual([[], ["gradient"]]);
  await sessions.prepare([]);
  expect((await sessions.explain([gradient], noFeeds, ["y"])).y.data[0]).toBe(1);
  expect(made).toEqual([[], ["gradient"]]);
  await expect(sessions.prepare([unruled])).rejects.toThrow("no gradient: Unheard");
});

test("runs that come while a session is made wait for it", async () => {
  const { made, start } = workbench();
  const sessions = await start();
  const order: string[] = [];
  await Promise.all([
    sessions.run(noFeeds, ["y"]).then(() => order.push("first")),
    sessions.explain([gradient], noFeeds, ["y"]).then(() => order.push("explained")),
    sessions.run(noFeeds, ["y"]).then(() => order.push("last")),
  ]);
  expect(order).toEqual(["first", "explained", "last"]);
  expect(made).toEqual([[], ["gradient"]]);
});

test("a graph that can't be gone back through leaves the session as it is", async () => {
  const { made, start } = workbench();
  const sessions = await start();
  await expect(sessions.explain([unruled], noFeeds, ["y"])).rejects.toThrow("no gradient: Unheard");
  expect((await sessions.run(noFeeds, ["y"])).y.data[0]).toBe(0);
  expect(made).toEqual([[]]);
});

test("where there is no room for the explaining session, the plain one comes back", async () => {
  const { made, start, fail } = workbench();
  const sessions = await start();
  fail(true);
  await expect(sessions.explain([gradient], noFeeds, ["y"])).rejects.toThrow("std::bad_alloc");
  fail(false);
  expect((await sessions.run(noFeeds, ["y"])).y.data[0]).toBe(0);
  expect(made).toEqual([[], []]);
});

test("a released model runs no more", async () => {
  const { start, open } = workbench();
  const sessions = await start();
  await sessions.release();
  expect(open()).toBe(0);
  await expect(sessions.run(noFeeds, ["y"])).rejects.toThrow("released");
});
