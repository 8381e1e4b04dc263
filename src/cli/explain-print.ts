import type { Result } from "../explain/result";

type Tokens = Pick<Result, "encoding" | "methods">;

/** Terminals are at least so wide; what is wider goes on below. */
const widest = 100;
/** Text of a unit or a paraphrase longer than this is cut. */
const longest = 28;

/** A unit's text: its tokens as a person reads them. */
const textOf = ({ encoding }: Tokens, tokens: readonly number[]): string =>
  tokens.map((t) => encoding.tokens[t]).join("");

/** Values, agreement, faithfulness and cost, a table each, none wider than 100 columns. */
export function tableOf(model: string, result: Result): string {
  const { target, candidates, methods, comparison, faithfulness } = result;
  const chosen = candidates.find((c) => c.index === target.index);
  const answer = chosen ? `${chosen.label} ${chosen.probability.toFixed(3)}` : String(target.index);
  const units = methods[0]?.units ?? [];
  const values = aligned([
    ["", ...methods.map((m) => m.id)],
    ...units.map((tokens, u) => [textOf(result, tokens), ...methods.map((m) => fixed(m.values[u], 4))]),
  ]);
  const prepared = methods.some((m) => (m.preparing ?? 0) >= 1);
  const cost = aligned([
    ["", "forward", "backward", "ms", ...(prepared ? ["ms to prepare"] : []), "gap"],
    ...methods.map((m) => [
      m.id,
      String(m.passes.forward),
      String(m.passes.backward),
      fixed(m.ms, 0),
      ...(prepared ? [m.preparing === undefined || m.preparing < 1 ? "" : fixed(m.preparing, 0)] : []),
      m.completeness ? fixed(m.completeness.sum - m.completeness.expected, 4) : "",
    ]),
  ]);
  const parts = [`${model}: ${answer}`, values, cost];
  if (comparison && methods.length > 1) {
    const { rho, p, n } = comparison.spearman;
    const name = (i: number): string => `${i + 1} ${comparison.methods[i]}`;
    parts.push(
      `Spearman's rho over ${n} units below the diagonal, p above`,
      aligned([
        ["", ...rho.map((_, i) => String(i + 1))],
        ...rho.map((row, i) => [
          name(i),
          ...row.map((r, j) => (i === j ? "." : j < i ? fixed(r, 2) : fixed(p[i][j], 3))),
        ]),
      ]),
    );
  }
  if (faithfulness) {
    const { random, removal, passes, methods: found } = faithfulness;
    parts.push(
      `Faithfulness at ${random.steps.join(", ")} units, by ${removal}, ${passes} passes;\nbetter: the share of ${random.orders} random orders`,
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
  return [...parts, ...plausible(result), ...consistent(result)].join("\n\n");
}

function plausible(result: Result): string[] {
  const { plausibility, methods } = result;
  if (!plausibility) return [];
  const units = methods[0]?.units ?? [];
  return [
    `Agreement with marked units: ${plausibility.marked.map((u) => textOf(result, units[u]).trim()).join(", ")}`,
    aligned([
      ["", "AUPRC", "precision", "recall", "F1", "IoU"],
      ...plausibility.methods.map((m) => [
        m.method,
        fixed(m.auprc, 3),
        ...[m.precision, m.recall, m.f1, m.iou].map((v) => fixed(v, 3)),
      ]),
    ]),
  ];
}

function consistent({ consistency }: Result): string[] {
  if (!consistency) return [];
  const { paraphrases, answers, methods, failures, passes } = consistency;
  return [
    `Paraphrases, by words; ${passes.forward} forward and ${passes.backward} backward passes`,
    aligned(
      paraphrases.map((text, i) => [
        `${i + 1} ${text}`,
        `${answers[i].label} ${answers[i].probability.toFixed(3)}`,
        answers[i].samePrediction ? "the same" : "not the same: left out",
      ]),
      60,
    ),
    aligned([
      ["", "rho", "top 3 in common", ...paraphrases.map((_, i) => String(i + 1))],
      ...methods.map((m) => [
        m.method,
        fixed(m.rho, 2),
        fixed(m.overlap, 2),
        ...m.paraphrases.map((p) => (p.samePrediction ? fixed(p.rho, 2) : "")),
      ]),
    ]),
    ...failures.map((f) => `${f.method}: ${f.message}`),
  ];
}

const fixed = (value: number | null, digits: number): string => (value === null ? "-" : value.toFixed(digits));

const clipped = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** The first column to the left, the others to the right; columns that don't fit beside the first go on below it. */
export function aligned(rows: readonly (readonly string[])[], first = longest): string {
  const cells = rows.map(([name = "", ...rest]) => [clipped(name.replaceAll("\n", "↵"), first), ...rest]);
  const widths = (cells[0] ?? []).map((_, c) => Math.max(...cells.map((row) => row[c].length)));
  const blocks: number[][] = [];
  let room = 0;
  for (let c = 1; c < widths.length; c++) {
    room -= widths[c] + 2;
    if (room < 0 || blocks.length === 0) {
      blocks.push([]);
      room = widest - widths[0] - widths[c] - 2;
    }
    blocks.at(-1)?.push(c);
  }
  return blocks
    .map((block) =>
      cells
        .map((row) => [row[0].padEnd(widths[0]), ...block.map((c) => row[c].padStart(widths[c]))].join("  ").trimEnd())
        .join("\n"),
    )
    .join("\n\n");
}

/** A line a unit, a column a method, and what was marked. */
export function csvOf(result: Result): string {
  const { methods, plausibility } = result;
  const rows = (methods[0]?.units ?? []).map((tokens, u) => [
    String(u),
    textOf(result, tokens),
    ...(plausibility ? [plausibility.marked.includes(u) ? "1" : "0"] : []),
    ...methods.map((m) => String(m.values[u])),
  ]);
  const header = ["unit", "text", ...(plausibility ? ["marked"] : []), ...methods.map((m) => m.id)];
  return [header, ...rows].map((row) => row.map(quoted).join(",")).join("\n");
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
