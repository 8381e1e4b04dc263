import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hang, PING } from "./pulse";

/** A worker that answers as long as it is told to. */
function pretended() {
  const ends = new EventTarget();
  const worker = {
    answers: true,
    pings: 0,
    addEventListener: ends.addEventListener.bind(ends) as Worker["addEventListener"],
    removeEventListener: ends.removeEventListener.bind(ends) as Worker["removeEventListener"],
    postMessage(message: unknown) {
      expect(message).toBe(PING);
      worker.pings++;
      if (worker.answers) worker.say("pong");
    },
    say: (data: unknown) => ends.dispatchEvent(new MessageEvent("message", { data })),
  };
  return worker;
}

const told = async (hung: Promise<void>): Promise<boolean> => {
  let hangs = false;
  void hung.then(() => {
    hangs = true;
  });
  await Promise.resolve();
  return hangs;
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("one that answers doesn't hang, and one that falls silent does after thirty seconds", async () => {
  const worker = pretended();
  const { hung } = hang(worker);
  vi.advanceTimersByTime(60_000);
  expect(await told(hung)).toBe(false);
  worker.answers = false;
  vi.advanceTimersByTime(29_000);
  expect(await told(hung)).toBe(false);
  vi.advanceTimersByTime(3_000);
  expect(await told(hung)).toBe(true);
  const { pings } = worker;
  vi.advanceTimersByTime(60_000);
  expect(worker.pings).toBe(pings);
});

test("one whose code is still on its way isn't waited for in vain: it may take as long as the network does", async () => {
  const worker = pretended();
  worker.answers = false;
  const { hung } = hang(worker);
  vi.advanceTimersByTime(600_000);
  expect(await told(hung)).toBe(false);
});

test("once the runtime is up, or nobody asks any more, silence means work", async () => {
  for (const by of ["runtime", "end"] as const) {
    const worker = pretended();
    const { hung, end } = hang(worker);
    vi.advanceTimersByTime(3_000);
    if (by === "end") end();
    else worker.say("runtime is up");
    worker.answers = false;
    vi.advanceTimersByTime(600_000);
    expect(await told(hung)).toBe(false);
  }
});

test("other messages are no answer", async () => {
  const worker = pretended();
  const { hung } = hang(worker);
  worker.answers = false;
  for (let i = 0; i < 40; i++) {
    worker.say({ id: "1", type: "RAW", value: 1 });
    vi.advanceTimersByTime(1_000);
  }
  expect(await told(hung)).toBe(true);
});
