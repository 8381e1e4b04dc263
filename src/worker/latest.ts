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

  const start = (args: A): Promise<T> => {
    running = true;
    const result = job(...args);
    const next = () => {
      running = false;
      const then = waiting;
      waiting = null;
      then?.resolve(start(then.args));
    };
    result.then(next, next);
    return result;
  };
  const drop = () => {
    waiting?.reject(fail("cancelled", "cancelled: a newer run took its place"));
    waiting = null;
  };
  const call = (...args: A): Promise<T> => {
    if (!running) return start(args);
    drop();
    return new Promise<T>((resolve, reject) => {
      waiting = { args, resolve, reject };
    });
  };
  return { call, drop };
}
