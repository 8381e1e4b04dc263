import type { Report } from "./content";
import { type Rows, tablesOf } from "./tables";

const inCell = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("\n", " ");
const row = (cells: readonly string[]): string => `| ${cells.map(inCell).join(" | ")} |`;

const table = ({ title, header, rows }: Rows): string =>
  [`## ${title}`, "", row(header), row(header.map(() => "---")), ...rows.map(row)].join("\n");

/** The same report as Markdown, without its figures. */
export function writeMarkdown(report: Report): string {
  const [first, ...tables] = tablesOf(report);
  const parts = [
    `# ${report.title}`,
    `${report.methods.map(({ method }) => method.label).join(", ")}, on ${report.target}.`,
    table(first!),
    `## What to mind\n\n${report.caveats.map((each) => `- ${each}`).join("\n")}`,
    ...tables.map(table),
    `## What each method means\n\n${report.methods
      .map(({ method }) => `- **${method.label}**: ${method.measures} ${method.strength} But: ${method.weakness}`)
      .join("\n")}`,
    ...(report.failed.length > 0
      ? [
          `## What could not run\n\n${report.failed.map(({ method, why }) => `- ${method.label}: \`${why}\``).join("\n")}`,
        ]
      : []),
    ...(report.commands.length > 0
      ? [`## Repeat it\n\n${report.commands.map((command) => `\`\`\`sh\n${command}\n\`\`\``).join("\n")}`]
      : []),
    ...(report.link === null ? [] : [report.link]),
  ];
  return `${parts.join("\n\n")}\n`;
}
