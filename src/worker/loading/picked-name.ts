import type { PickedFile } from "../protocol";

/** What systems leave beside files. */
const litter = /(^|\/)(\._|\.DS_Store|Thumbs\.db|__MACOSX\/)/;

/** The files that a person means, by their paths. */
export const meant = (files: readonly PickedFile[]): ReadonlyMap<string, File> =>
  new Map(
    files.map(({ path, file }) => [path.replace(/^\/+/, ""), file] as const).filter(([path]) => !litter.test(path)),
  );

/** What files are called together: the folder that all are in, else their model file, else the first. */
export function pickedName(files: readonly PickedFile[]): string {
  const paths = [...meant(files).keys()];
  const top = paths[0]?.split("/")[0] ?? "";
  const inFolder = paths.length > 0 && paths.every((path) => path.startsWith(`${top}/`));
  return (inFolder ? top : (paths.find((path) => path.endsWith(".onnx")) ?? top)) || "nothing";
}
