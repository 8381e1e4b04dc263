import type { Encoding } from "./encoding";
import type { Tokenizer } from "./tokenizer";

/** A text and what the reference gives for it; offsets are code points, [0, 0] for added tokens. */
export interface TokenizerTest {
  readonly text: string;
  readonly text_pair?: string;
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly offsets: readonly (readonly [number, number])[];
  readonly type_ids?: readonly number[];
  /** Ids without added tokens, and what they decode to. */
  readonly ids_no_special?: readonly number[];
  readonly decoded?: string;
}

/** The content of tokenizer_tests.json. */
export interface TokenizerTests {
  readonly single: readonly TokenizerTest[];
  readonly pair: readonly TokenizerTest[];
}

export interface TokenizerRow {
  readonly quantity: "tokens";
  readonly name: string;
  readonly pass: boolean;
  /** What differs first, null where nothing does. */
  readonly error: string | null;
}

/** Compares a tokenizer with reference results: ids, tokens, offsets, types, decoding. A row a text. */
export function checkTokenizer(tokenizer: Tokenizer, tests: TokenizerTests): TokenizerRow[] {
  const row = (kind: string) => (test: TokenizerTest, i: number) => {
    const error = check(tokenizer, test);
    return { quantity: "tokens" as const, name: `${kind}[${i}] ${quote(test.text)}`, pass: error === null, error };
  };
  return [...tests.single.map(row("single")), ...tests.pair.map(row("pair"))];
}

const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);

function check(tokenizer: Tokenizer, test: TokenizerTest): string | null {
  const encoding = tokenizer.encode(test.text, test.text_pair);
  const found = {
    ids: encoding.ids,
    tokens: encoding.pieces,
    offsets: codePointOffsets(encoding, [test.text, test.text_pair ?? ""]),
    type_ids: test.type_ids && (encoding.typeIds ?? encoding.segments),
    ids_no_special: test.ids_no_special && tokenizer.encode(test.text, test.text_pair, { special: false }).ids,
    decoded: test.ids_no_special && test.decoded !== undefined ? tokenizer.decode(test.ids_no_special) : undefined,
  };
  for (const [what, value] of Object.entries(found)) {
    const expected: unknown = Object.entries(test).find(([key]) => key === what)?.[1];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(expected)) continue;
    return `${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(value)}`;
  }
  return null;
}

/** The offsets of an encoding in code points, as Python counts them, with [0, 0] for added tokens. */
export function codePointOffsets(encoding: Encoding, texts: readonly string[]): (readonly [number, number])[] {
  const count = (text: string, unit: number) => Array.from(text.slice(0, unit)).length;
  return encoding.offsets.map((offsets, i) => {
    const text = texts[encoding.segments[i]!] ?? "";
    return offsets ? [count(text, offsets[0]), count(text, offsets[1])] : [0, 0];
  });
}
