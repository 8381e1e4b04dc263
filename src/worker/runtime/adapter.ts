/** Milliseconds to wait before asking again. */
const pauses = [50, 100, 200];

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * The GPU that a browser gives, or null. While its GPU process is still starting, in the first tenth of a second of a
 * first page, Chromium answers that there is none; so it is asked again.
 *
 * @param ask `requestAdapter` with its options
 */
export async function findAdapter<A>(ask: () => Promise<A | null>, wait = sleep): Promise<A | null> {
  let found = await ask();
  for (const pause of pauses) {
    if (found !== null) break;
    await wait(pause);
    found = await ask();
  }
  return found;
}
