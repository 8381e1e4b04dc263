import { breath } from "./breath";
import { fail } from "./failure";

interface Waiting<A, T> {
  readonly args: A;
  readonly resolve: (value: Promise<T>) => void;
  readonly reject: (error: Error) => void;
}

/** A function of which one call runs and only the newest waits. */
export interface Latest<A extends readonly unknown[], T> {
  /** Rejects with `cancelled` where a newer call came before this one's turn. */
  call(...args: A): Promise<T>;
  /** Rejects the call that waits. The one that runs is its own business. */
  drop(): void;
}

export function latest<A extends readonly unknown[], T>(job: (...args: A) => Promise<T>): Latest<A, T> {
  let running = false;
  let waiting: Waiting<A, T> | null = null;

  const drop = () => {
    waiting?.reject(fail("cancelled", "cancelled: a newer run took its place"));
    waiting = null;
  };
  const work = async () => {
    running = true;
    while (waiting) {
      await breath(); // what has come meanwhile takes its place
      const turn: Waiting<A, T> | null = waiting;
      waiting = null;
      if (!turn) break;
      const result = job(...turn.args);
      turn.resolve(result);
      await result.catch(() => undefined); // its caller is told
    }
    running = false;
  };
  const call = (...args: A): Promise<T> => {
    drop();
    return new Promise<T>((resolve, reject) => {
      waiting = { args, resolve, reject };
      if (!running) void work();
    });
  };
  return { call, drop };
}
