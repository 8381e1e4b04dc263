import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Entry {
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

// npm leaves out, without a word, what a registry doesn't have; the lock file is then of no use on other systems.
test("the lock file has the packages of every system, with their checksums", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Entry> };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
  const unchecked = Object.entries(packages).filter(([path, { integrity }]) => path !== "" && !integrity);
  expect(unchecked.map(([path]) => path)).toEqual([]);
});
