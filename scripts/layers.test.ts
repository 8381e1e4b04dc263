import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

/** Of imports, each in a file of its own, those that the linter refuses. */
function refused(imports: readonly (readonly [file: string, imported: string])[]): Set<string> {
  const root = mkdtempSync(join(tmpdir(), "layers-"));
  copyFileSync("biome.json", join(root, "biome.json"));
  const files = imports.map(([file], i) => file.replace(/\.(?=(test\.)?tsx?$)/, `${i}.`));
  imports.forEach(([, imported], i) => {
    const path = join(root, files[i]!);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `import { it } from "${imported}";\n\nexport const kept = it;\n`);
  });
  const biome = [resolve("node_modules/@biomejs/biome/bin/biome"), "lint", "--vcs-enabled=false", "--reporter=json"];
  const { stdout } = spawnSync(process.execPath, [...biome, "--max-diagnostics=none"], { cwd: root, encoding: "utf8" });
  rmSync(root, { recursive: true });
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string | { file: string } } }[];
  };
  const found = new Set<string>();
  for (const { category, location } of diagnostics) {
    if (category !== "lint/style/noRestrictedImports") throw new Error(`another rule: ${category}`);
    const path = typeof location.path === "string" ? location.path : location.path.file;
    const index = files.indexOf(path.replaceAll("\\", "/"));
    found.add(imports[index]!.join(" imports "));
  }
  return found;
}

const layers = ["tensor", "onnx", "graph", "autodiff", "text", "explain", "worker", "store", "views", "embed"];
const entry = (layer: string): string => (layer === "worker" ? "worker/protocol" : `${layer}/it`);

test("the linter refuses what a layer may not import, and nothing else", () => {
  const bad: [string, string][] = [
    ["src/explain/methods/one.ts", "onnxruntime-node"],
    ["src/graph/one.ts", "node:fs"],
    ["src/text/one.ts", "react"],
    ["src/tensor/one.ts", "comlink"],
    ["src/store/one.ts", "../worker/explainer"],
    ["src/views/heads/draw.ts", "onnxruntime-web"],
    ["src/App.tsx", "./worker/runtime/wasm"],
    ["src/worker/one.ts", "onnxruntime-node"],
    ["src/shell/One.tsx", "../worker/explainer"],
    ["src/cli/one.ts", "../views/heads/draw"],
    ["src/cli/one.ts", "onnxruntime-web/wasm"],
    ...layers.flatMap((layer, level): [string, string][] => [
      [`src/${layer}/one.ts`, "../cli/it"],
      [`src/${layer}/one.ts`, "../App"],
      [`src/${layer}/one.ts`, "../shell/Header"],
      ...layers
        .slice(level + 1)
        .map((above): [string, string] => [`src/${layer}/part/one.ts`, `../../${entry(above)}`]),
    ]),
  ];
  const good: [string, string][] = [
    ["src/App.tsx", "./worker/client"],
    ["src/App.tsx", "./views/heads/HeadsView"],
    ["src/App.tsx", "./shell/Header"],
    ["src/shell/One.tsx", "../views/heads/HeadsView"],
    ["src/worker/runtime/one.ts", "onnxruntime-web/wasm"],
    ["src/cli/one.ts", "onnxruntime-node"],
    ["src/cli/one.ts", "../explain/engine"],
    ["src/graph/rewrites/one.test.ts", "onnxruntime-node"],
    ...layers.flatMap((layer, level): [string, string][] => [
      [`src/${layer}/one.ts`, "./two"],
      ...layers.slice(0, level).map((below): [string, string] => [`src/${layer}/one.ts`, `../${entry(below)}`]),
    ]),
  ];
  expect(refused([...bad, ...good])).toEqual(new Set(bad.map((pair) => pair.join(" imports "))));
});
