import type { Result } from "./bench";

export const passes = ({ measured, limit }: Result): boolean => limit === null || measured <= limit;

const number = (value: number, unit: Result["unit"]): string => {
  const digits = unit === "×" || unit === "s" ? (Math.abs(value) < 0.1 ? 4 : 2) : value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`;
};

/** The results as a Markdown table. */
export function table(results: readonly Result[]): string {
  const head = ["what", "measured", "limit", "ok", ""];
  const body = results.map((r) => [
    r.what,
    number(r.measured, r.unit),
    r.limit === null ? "" : number(r.limit, r.unit),
    r.limit === null ? "" : passes(r) ? "yes" : "**no**",
    r.note,
  ]);
  const widths = head.map((h, i) => Math.max(h.length, 3, ...body.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((c, i) => c.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((w) => "-".repeat(w))), ...body.map(line)].join("\n");
}
