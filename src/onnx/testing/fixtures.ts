import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the conformance models: `CONFORMANCE` where it's set, else the ones in the repository. */
export const fixturesDir = (): string =>
  process.env.CONFORMANCE ?? fileURLToPath(new URL("../../../e2e/fixtures/conformance", import.meta.url));

/** A file of them, by its path in that folder. */
export const fixture = (path: string): Uint8Array => new Uint8Array(readFileSync(`${fixturesDir()}/${path}`));
