import type { State } from "../../store/state";
import type { Workspace } from "../../store/store";
import { type Palette, palettes } from "../shared/palette";
import { type EncodePicture, writeSvg } from "../shared/svg";
import type { View } from "../view";
import { type Report, reportOf } from "./content";
import { type Figure, writeHtml } from "./html";
import { writeJson } from "./json";
import { writeMarkdown } from "./markdown";

export type ReportKind = "html" | "md" | "json";

const WIDTH = 1032;

/** Whether anything has been explained that a report could hold. */
export const canReport = ({ shown, explanations }: Pick<State, "shown" | "explanations">): boolean =>
  shown?.origin === "live" && Object.values(explanations).some(({ status }) => status === "done");

/** Figures of every view of explanations that has something to show, in light: a report is read on paper too. */
async function figuresOf(workspace: Workspace, views: readonly View[], encode: EncodePicture): Promise<Figure[]> {
  const palette: Palette = palettes.light;
  const figures: Figure[] = [];
  for (const view of views.filter(({ group }) => group === "explain")) {
    const scene = await view.figure(workspace, palette, WIDTH);
    if (scene) figures.push({ title: view.label, svg: writeSvg(scene, encode) });
  }
  return figures;
}

/** A report of what was found on what is shown, as a file of a kind; null where nothing was. */
export async function writeReport(
  kind: ReportKind,
  workspace: Workspace,
  views: readonly View[],
  given: { readonly now: Date; readonly agent: string; readonly link: string; readonly encode: EncodePicture },
): Promise<{ readonly text: string; readonly type: string; readonly report: Report } | null> {
  const report = reportOf(workspace.store.getState(), given);
  if (!report) return null;
  switch (kind) {
    case "html":
      return { report, type: "text/html", text: writeHtml(report, await figuresOf(workspace, views, given.encode)) };
    case "md":
      return { report, type: "text/markdown", text: writeMarkdown(report) };
    case "json":
      return { report, type: "application/json", text: writeJson(report) };
  }
}
