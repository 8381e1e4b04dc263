import { useActions, useApp, useWorkspace } from "../store/react";
import { linkOf } from "../store/url";
import { viewOf, views } from "../views";
import { type FileFormat, fileName, fileOf } from "../views/file";
import { canReport, type ReportKind, writeReport } from "../views/report";
import { Chevron, Menu } from "../views/shared/controls";
import { usePalette, usePhone } from "../views/shared/environment";
import { icons } from "../views/shared/icons";
import { pictureUrl } from "../views/shared/paint";
import { addressOf } from "./link";

const REVOKE_AFTER = 60_000;

/** Hands a file to the person's downloads. */
function download(name: string, data: Blob): void {
  const url = URL.createObjectURL(data);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER);
}

const plotWidth = (): number => Math.round(document.querySelector(".view")?.clientWidth ?? 1000);

/** What is on screen, as pinned, as a file. */
export function ExportMenu() {
  const workspace = useWorkspace();
  const { notify, fail, saveTrace } = useActions();
  const view = useApp((state) => state.view);
  const shown = useApp((state) => state.shown);
  const palette = usePalette();
  const phone = usePhone();
  const live = useApp((state) => state.shown?.origin === "live" && !state.model?.trace);
  const entry = viewOf(view);
  const saveReport = async (kind: ReportKind): Promise<void> => {
    const link = addressOf(linkOf(workspace.store.getState()));
    const given = { now: new Date(), agent: navigator.userAgent, link, encode: pictureUrl };
    const written = await writeReport(kind, workspace, views, given);
    if (!written) return notify("Nothing has been explained yet.");
    const file = fileName(shown?.model.name, kind === "json" ? "results" : "report", kind);
    download(file, new Blob([written.text], { type: `${written.type};charset=utf-8` }));
  };

  const save = async (kind: FileFormat | ReportKind | "trace"): Promise<void> => {
    if (kind === "html" || kind === "md" || kind === "json") return saveReport(kind);
    if (kind === "trace")
      return download(fileName(shown?.model.name, "trace", "safetensors"), new Blob([await saveTrace()]));
    const data = await fileOf(entry, workspace, palette, plotWidth(), kind);
    if (data) download(fileName(shown?.model.name, view, kind), data);
    else notify("What this shows is still on its way. Try again in a moment.");
  };

  /** Made when the menu opens: what a table holds follows heads, pins and layers. */
  const items = () => {
    const table = entry.table(workspace);
    return [
      { kind: "svg", label: "SVG", about: "this view, editable text" },
      { kind: "png", label: "PNG", about: `this view, 2×, ${2 * plotWidth()} px wide` },
      { kind: "csv", label: "CSV", about: table ? `${table.count.toLocaleString("en")} rows: ${table.about}` : "rows" },
      ...(canReport(workspace.store.getState())
        ? ([
            { kind: "html", label: "HTML", about: "report of all that was explained, one file" },
            { kind: "md", label: "MD", about: "the same report as Markdown, without figures" },
            { kind: "json", label: "JSON", about: "every method's values, options, passes" },
          ] as const)
        : []),
      ...(live
        ? ([
            {
              kind: "trace",
              label: "Trace",
              about: "attention, queries and keys of every layer, for Python or this page",
            },
          ] as const)
        : []),
    ] as const;
  };

  return (
    <Menu
      label="Export"
      className="ghost"
      align="end"
      button={
        <>
          {icons.export}
          {!phone && (
            <>
              Export
              <Chevron />
            </>
          )}
        </>
      }
    >
      {(close) =>
        items().map(({ kind, label, about }) => (
          <button
            key={kind}
            type="button"
            role="menuitem"
            className="option export-option"
            aria-label={`${label}: ${about}`}
            onClick={() => {
              close();
              save(kind).catch(fail);
            }}
          >
            <b>{label}</b>
            <span>{about}</span>
          </button>
        ))
      }
    </Menu>
  );
}
