import type { Passes } from "../passes";

/**
 * What files of rounded weights are compared with, which have no references: the same file, each row in a run of its own.
 * That shows whether rows that share a batch leave each other alone; the weights' own figures are compared by `forward`,
 * `gradient` and `lrp`.
 */
export const byRow = { limit: 1e-3, note: "rows together against each alone, with the file's own weights" };

/** Runs each row alone. */
export const alone = (passes: Passes): Passes => ({
  ...passes,
  async run(rows, wanted, onRow) {
    for (const [i, row] of rows.entries()) await passes.run([row], wanted, (result) => onRow(result, i));
  },
});
