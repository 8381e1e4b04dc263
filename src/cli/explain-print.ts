import type { Result } from "../explain/result";

type Tokens = Pick<Result, "encoding" | "methods">;

/** A unit's text: its tokens as a person reads them. */
const textOf = ({ encoding }: Tokens, tokens: readonly number[]): string =>
  tokens.map((t) => encoding.tokens[t]).join("");

/** Values, agreement, faithfulness and cost, a table each. */
export function tableOf(model: string, result: Result): string {
  const { target, candidates, methods, comparison, faithfulness } = result;
  const chosen = candidates.find((c) => c.index === target.index);
  const answer = chosen ? `${chosen.label} ${chosen.probability.toFixed(3)}` : String(target.index);
  const units = methods[0]?.units ?? [];
  const values = aligned([
    ["", ...methods.map((m) => m.id)],
    ...units.map((tokens, u) => [textOf(result, tokens), ...methods.map((m) => fixed(m.values[u], 4))]),
  ]);
  const cost = aligned([
    ["", "forward", "backward", "ms", "gap"],
    ...methods.map((m) => [
      m.id,
      String(m.passes.forward),
      String(m.passes.backward),
      fixed(m.ms, 0),
      m.completeness ? fixed(m.completeness.sum - m.completeness.expected, 4) : "",
    ]),
  ]);
  const parts = [`${model}: ${answer}`, values, cost];
  if (comparison && methods.length > 1) {
    const { rho, p, n } = comparison.spearman;
    parts.push(
      `Spearman's rho over ${n} units (p)`,
      aligned([
        ["", ...comparison.methods],
        ...rho.map((row, i) => [comparison.methods[i], ...row.map((r, j) => `${fixed(r, 2)} (${fixed(p[i][j], 3)})`)]),
      ]),
    );
  }
  if (faithfulness) {
    const { random, removal, passes, methods: found } = faithfulness;
    parts.push(
      `Faithfulness at ${random.steps.join(", ")} units, by ${removal}, ${passes} passes; better: the share of ${random.orders} random orders`,
      aligned([
        ["", "comprehensiveness", "better", "sufficiency", "better"],
        ...found.map((m) => [
          m.method,
          fixed(m.mean.comprehensiveness, 4),
          fixed(m.better.comprehensiveness, 2),
          fixed(m.mean.sufficiency, 4),
          fixed(m.better.sufficiency, 2),
        ]),
        ["random orders", fixed(random.mean.comprehensiveness, 4), "", fixed(random.mean.sufficiency, 4), ""],
      ]),
    );
  }
  return parts.join("\n\n");
}

const fixed = (value: number | null, digits: number): string => (value === null ? "-" : value.toFixed(digits));

/** The first column to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A line a unit, a column a method. */
export function csvOf(result: Result): string {
  const { methods } = result;
  const rows = (methods[0]?.units ?? []).map((tokens, u) => [
    String(u),
    textOf(result, tokens),
    ...methods.map((m) => String(m.values[u])),
  ]);
  return [["unit", "text", ...methods.map((m) => m.id)], ...rows].map((row) => row.map(quoted).join(",")).join("\n");
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
