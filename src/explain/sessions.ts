import type { Mode } from "../autodiff/explaining";
import type { Tensor } from "../tensor/tensor";
import type { Built } from "./explaining-model";
import type { Session } from "./session";

/** The inputs of a run, made for the session that takes them. */
export type Feeds = (session: Session, built: Built) => Readonly<Record<string, Tensor>>;

/** The one session of a model. */
export interface Sessions {
  /** Runs on the session that is there. */
  run(feeds: Feeds, fetches: readonly string[]): Promise<Record<string, Tensor>>;
  /** Runs on a session with interventions and the ways back of `modes`, which takes the place of one that lacks them. */
  explain(modes: readonly Mode[], feeds: Feeds, fetches: readonly string[]): Promise<Record<string, Tensor>>;
  /** Makes the session that `explain` would make for these modes, and runs nothing. */
  prepare(modes: readonly Mode[]): Promise<void>;
  release(): Promise<void>;
}

/** How sessions are made. */
export interface Makers {
  readonly first: Built;
  /** @throws GraphError for a graph that a mode can't be gone through. */
  explaining(modes: readonly Mode[]): Built;
  create(built: Built): Promise<Session>;
}

/**
 * One session at a time: the weights are never in memory twice. What one that is replaced could do, the next can too. Jobs
 * are done in the order of the calls.
 */
export async function openSessions({ first, explaining, create }: Makers): Promise<Sessions> {
  let built = first;
  let session: Session | null = await create(first);
  let explains = first.modes.length > 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  const queued = <T>(job: () => Promise<T>): Promise<T> => {
    const mine = last.then(job);
    last = mine.catch(() => undefined); // a failure is its caller's; the chain goes on
    return mine;
  };
  const current = async (): Promise<Session> => {
    if (closed) throw new Error("no session: the model was released");
    session ??= await create(built); // the one before couldn't be made
    return session;
  };
  const rebuilt = async (modes: readonly Mode[]): Promise<void> => {
    const missing = modes.filter((mode) => !built.modes.includes(mode));
    if (explains && missing.length === 0) return;
    const next = explaining([...built.modes, ...missing]); // throws before anything is let go
    const before = await current();
    session = null;
    await before.release();
    session = await create(next);
    built = next;
    explains = true;
  };
  const run = async (feeds: Feeds, fetches: readonly string[]) => {
    const open = await current();
    return open.run(feeds(open, built), fetches);
  };
  return {
    run: (feeds, fetches) => queued(() => run(feeds, fetches)),
    explain: (modes, feeds, fetches) =>
      queued(async () => {
        await rebuilt(modes);
        return run(feeds, fetches);
      }),
    prepare: (modes) => queued(() => rebuilt(modes)),
    release: () =>
      queued(async () => {
        closed = true;
        await session?.release();
        session = null;
      }),
  };
}
