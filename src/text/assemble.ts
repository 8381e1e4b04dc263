import type { Encoding } from "./encoding";
import type { Row } from "./post-processors";

/** Makes the Encoding of one or two texts from rows that a post-processor has put in order. */
export function assemble(rows: readonly Row[], texts: readonly string[], show: (row: Row) => string): Encoding {
  const units = texts.map(unitsOf);
  const segments = segmentsOf(rows);
  const types = rows.map(({ type }) => type);
  return {
    ids: rows.map(({ id }) => id),
    tokens: rows.map(show),
    pieces: rows.map(({ piece }) => piece),
    offsets: rows.map(({ offsets, sequence }) => {
      const unit = units[sequence ?? 0]!;
      return offsets && [unit[offsets[0]]!, unit[offsets[1]]!];
    }),
    mask: rows.map(() => 1),
    segments,
    ...(types.every((type, i) => type === segments[i]) ? {} : { typeIds: types }),
    special: rows.map(({ special }) => special),
    words: countWords(rows),
  };
}

/** The UTF-16 position of each code point, and the end. */
function unitsOf(text: string): Uint32Array {
  const units = new Uint32Array(text.length + 1);
  let count = 0;
  let unit = 0;
  for (const char of text) {
    units[count++] = unit;
    unit += char.length;
  }
  units[count] = unit;
  return units.subarray(0, count + 1);
}

/** Added tokens go by their type where types tell the texts apart, else with what stands before them. */
function segmentsOf(rows: readonly Row[]): number[] {
  const types = (sequence: 0 | 1) => rows.filter((row) => row.sequence === sequence).map(({ type }) => type);
  const told = types(0).every((type) => type === 0) && types(1).every((type) => type === 1);
  let last: 0 | 1 = 0;
  return rows.map(({ sequence, type }) => {
    if (sequence !== null) last = sequence;
    return sequence ?? (told ? Math.min(type, 1) : last);
  });
}

function countWords(rows: readonly Row[]): (number | null)[] {
  let count = -1;
  let previous: Row | null = null;
  return rows.map((row) => {
    if (row.word === null) return null;
    if (previous?.word !== row.word || previous.sequence !== row.sequence) count++;
    previous = row;
    return count;
  });
}
