/** Rows as a CSV file after RFC 4180. */
export function writeCsv(header: readonly string[], rows: Iterable<readonly (string | number)[]>): string {
  const cell = (value: string | number): string => {
    if (typeof value === "number") return `${value}`;
    return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  };
  const lines = [header.map(cell).join(",")];
  for (const row of rows) lines.push(row.map(cell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

/** A table that a view gives away: its rows are made only when they are wanted. */
export interface Table {
  readonly header: readonly string[];
  readonly count: number;
  rows(): Iterable<readonly (string | number)[]>;
  /** What the rows are, for the menu: "layer, head, from, to, weight". */
  readonly about: string;
  /** The column that a short list of the rows goes by, largest magnitude first; none keeps their order. */
  readonly strongest?: string;
  /** A short list shows so many columns, from the first on; all of them unless said otherwise. */
  readonly columns?: number;
}
