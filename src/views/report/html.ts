import type { Report } from "./content";
import { type Rows, tablesOf } from "./tables";

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign]!);

/** A figure of a report: an SVG file. */
export interface Figure {
  readonly title: string;
  readonly svg: string;
}

const style = `
body { max-width: 1080px; margin: 32px auto; padding: 0 24px; color: #14171c; background: #fff;
  font: 14px/1.5 Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 22px; margin-bottom: 4px; } h2 { margin: 32px 0 8px; font-size: 16px; }
p, li { color: #434a55; max-width: 760px; } figure { margin: 16px 0 24px; overflow-x: auto; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: 12px; }
th, td { padding: 4px 14px 4px 0; border-bottom: 1px solid #e2e5e8; text-align: left; vertical-align: top; }
thead th { color: #646c78; font-weight: 400; vertical-align: bottom; } thead .number { white-space: normal; } code, pre { font: 12px/1.5 "JetBrains Mono", ui-monospace, monospace; }
pre { padding: 12px; background: #f4f5f6; white-space: pre-wrap; overflow-wrap: anywhere; }
td { overflow-wrap: break-word; } a { overflow-wrap: anywhere; } .number { text-align: right; white-space: nowrap; }
:focus-visible { outline: 2px solid #1d55c4; outline-offset: 2px; }
@page { margin: 14mm; }
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 11px; }
  h1 { font-size: 18px; } h2 { margin: 18px 0 4px; font-size: 13px; break-after: avoid; }
  figure, .table { overflow: visible; } figure { break-inside: avoid; }
  figure svg { display: block; width: 100%; height: auto; max-height: 240mm; }
  table { width: 100%; font-size: 8.5px; } th, td { padding: 2px 6px 2px 0; } tr, li, pre { break-inside: avoid; }
  pre, code { font-size: 9px; } a { color: inherit; }
}
`.trim();

const cell = (tag: string, text: string): string => `<${tag}>${escaped(text)}</${tag}>`;

const isNumber = (text: string): boolean => /^[−+<]?[\d.]+(e−?\d+)?%?$|^[–·]$/.test(text);

/** Columns of numbers stand to the right, and no number is broken. */
const numeric = (rows: Rows["rows"], column: number): boolean =>
  rows.length > 1 && rows.every((row) => isNumber(row[column] ?? "")) && rows.some((row) => /\d/.test(row[column]!));

function table({ title, header, rows }: Rows): string {
  const kind = header.map((_, i) => (i > 0 && numeric(rows, i) ? ' class="number"' : ""));
  const head = header.some((name) => name !== "")
    ? `<thead><tr>${header.map((name, i) => `<th scope="col"${kind[i]}>${escaped(name)}</th>`).join("")}</tr></thead>`
    : "";
  const body = rows
    .map(
      ([first = "", ...rest]) =>
        `<tr><th scope="row">${escaped(first)}</th>${rest
          .map((each, i) => `<td${kind[i + 1]}>${escaped(each)}</td>`)
          .join("")}</tr>`,
    )
    .join("\n");
  return `<h2>${escaped(title)}</h2>\n<div class="table" role="region" aria-label="${escaped(title)}" tabindex="0"><table>${head}<tbody>\n${body}\n</tbody></table></div>`;
}

/** A report as one HTML file that needs no other: figures are in it, and it asks nobody for anything. */
export function writeHtml(report: Report, figures: readonly Figure[]): string {
  const [first, ...tables] = tablesOf(report);
  const parts = [
    `<h1>${escaped(report.title)}</h1>`,
    `<p>${escaped(report.methods.map(({ method }) => method.label).join(", "))}, on ${escaped(report.target)}.</p>`,
    table(first!),
    "<h2>What to mind</h2>",
    `<ul>${report.caveats.map((each) => cell("li", each)).join("\n")}</ul>`,
    ...figures.map(
      ({ title, svg }) =>
        `<h2>${escaped(title)}</h2>\n<figure aria-label="${escaped(title)}" tabindex="0">${svg}</figure>`,
    ),
    ...tables.map(table),
    "<h2>What each method means</h2>",
    `<ul>${report.methods
      .map(
        ({ method }) =>
          `<li><b>${escaped(method.label)}</b>: ${escaped(method.measures)} ${escaped(method.strength)} But: ${escaped(method.weakness)}</li>`,
      )
      .join("\n")}</ul>`,
    ...(report.failed.length > 0
      ? [
          "<h2>What could not run</h2>",
          `<ul>${report.failed.map(({ method, why }) => `<li>${escaped(method.label)}: <code>${escaped(why)}</code></li>`).join("\n")}</ul>`,
        ]
      : []),
    ...(report.commands.length > 0 || report.link !== null ? ["<h2>Repeat it</h2>"] : []),
    ...report.commands.map((command) => `<pre>${escaped(command)}</pre>`),
    ...(report.link === null ? [] : [`<p><a href="${escaped(report.link)}">${escaped(report.link)}</a></p>`]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(report.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${parts.join("\n")}
</main>
</body>
</html>
`;
}
