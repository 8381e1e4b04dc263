import type { Workspace } from "../store/store";
import { writeCsv } from "./shared/csv";
import { paintPng, pictureUrl } from "./shared/paint";
import type { Palette } from "./shared/palette";
import { writeSvg } from "./shared/svg";
import type { View } from "./view";

export type FileFormat = "svg" | "png" | "csv";

/** A file's name: what is shown, in which view. */
export const fileName = (model: string | undefined, view: string, format: string): string =>
  `${[model ?? "attention", view].join("-").replace(/[^\w.-]+/g, "_")}.${format}`;

/** What is on screen, as pinned, as a file; null while what it needs is on its way. */
export async function fileOf(
  view: View,
  workspace: Workspace,
  palette: Palette,
  width: number,
  format: FileFormat,
): Promise<Blob | null> {
  if (format === "csv") {
    const table = view.table(workspace);
    return table && new Blob([writeCsv(table.header, table.rows())], { type: "text/csv;charset=utf-8" });
  }
  const scene = await view.figure(workspace, palette, width);
  if (!scene) return null;
  return format === "png" ? paintPng(scene) : new Blob([writeSvg(scene, pictureUrl)], { type: "image/svg+xml" });
}
