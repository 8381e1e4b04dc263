import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { decodeModel } from "../../onnx/decode";
import type { Model } from "../../onnx/model";
import { fixturesDir } from "../../onnx/testing/fixtures";

/** One graph file of a conformance folder. */
export interface FixtureFile {
  /** `bert-seqcls/onnx/model.onnx` */
  readonly name: string;
  readonly model: () => Model;
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The files that its weights are in, by the names that the graph uses. */
  readonly external: () => ReadonlyMap<string, Uint8Array>;
}

const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

/** Every graph file of the conformance folders but those of encoder-decoders. */
export function fixtureFiles(): readonly FixtureFile[] {
  const root = fixturesDir();
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".onnx"))
    .sort()
    .flatMap((name): FixtureFile[] => {
      const path = join(root, name);
      const configPath = join(root, name.split("/")[0], "config.json");
      const config = existsSync(configPath) ? JSON.parse(readFileSync(configPath, "utf8")) : null;
      if (config?.is_encoder_decoder) return [];
      const beside = () => readdirSync(dirname(path)).filter((file) => /data/.test(file));
      return [
        {
          name,
          config,
          model: () => decodeModel(bytesOf(path)),
          external: () => new Map(beside().map((file) => [file, bytesOf(join(dirname(path), file))])),
        },
      ];
    });
}
