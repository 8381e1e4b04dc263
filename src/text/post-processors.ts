import { byteSpace } from "./byte-alphabet";
import { asJson, build, flagOf, isJson, type Json, listOf, numberOf, stringOf } from "./json";
import { isWhitespace } from "./unicode";

/** A token on its way into an Encoding. */
export interface Row {
  readonly id: number;
  readonly piece: string;
  /** Code points [start, end) of the text, or null for a token that a post-processor added. */
  readonly offsets: readonly [number, number] | null;
  /** Which of the two texts it comes from; null for added ones. */
  readonly sequence: 0 | 1 | null;
  /** token_type_ids. */
  readonly type: number;
  readonly special: boolean;
  readonly word: number | null;
}

/** Adds the special tokens to one or two texts. `add` false leaves them out and does the rest. */
export type PostProcessor = (sequences: readonly (readonly Row[])[], add: boolean) => readonly (readonly Row[])[];

const postProcessors: Readonly<Record<string, (json: Json) => PostProcessor>> = {
  BertProcessing: (json) => {
    const [cls, sep] = [pairOf(json, "cls"), pairOf(json, "sep")];
    return ([first = [], second], add) => {
      if (!add) return second ? [first, second] : [first];
      const start = [added(cls, 0), ...first, added(sep, 0)];
      return second ? [start, [...second, added(sep, 1)]] : [start];
    };
  },
  ByteLevel: (json) => {
    const trim = flagOf(json, "trim_offsets", true);
    const prefix = flagOf(json, "add_prefix_space", true);
    return (sequences) => (trim ? sequences.map((rows) => trimOffsets(rows, prefix)) : sequences);
  },
  RobertaProcessing: (json) => {
    const [cls, sep] = [pairOf(json, "cls"), pairOf(json, "sep")];
    const trim = flagOf(json, "trim_offsets", true);
    const prefix = flagOf(json, "add_prefix_space", true);
    return (sequences, add) =>
      sequences.map((rows, i) => {
        const trimmed = (trim ? trimOffsets(rows, prefix) : rows).map((row) => ({ ...row, type: 0 }));
        return add ? [added(i === 0 ? cls : sep, 0), ...trimmed, added(sep, 0)] : trimmed;
      });
  },
  Sequence: (json) => {
    const steps = listOf(json, "processors").map(readPostProcessor);
    return (sequences, add) => steps.reduce((processed, step) => step(processed, add), sequences);
  },
  TemplateProcessing: template,
};

/**
 * The `post_processor` of tokenizer.json.
 * @throws `unknown tokenizer: ...` for a type that isn't known
 */
export function readPostProcessor(value: unknown): PostProcessor {
  return value === null || value === undefined
    ? (sequences) => sequences
    : build("post_processor", postProcessors, value);
}

const added = ([piece, id]: readonly [string, number], type: number): Row => ({
  id,
  piece,
  offsets: null,
  sequence: null,
  type,
  special: true,
  word: null,
});

function pairOf(json: Json, key: string): readonly [string, number] {
  const [piece, id] = listOf(json, key);
  if (typeof piece !== "string" || typeof id !== "number") throw new Error(`bad tokenizer: ${key} is not a token`);
  return [piece, id];
}

/** Takes the space that a byte-level piece begins or ends with out of its offsets. */
function trimOffsets(rows: readonly Row[], prefix: boolean): Row[] {
  const isSpace = (char: string | undefined) => char !== undefined && (char === byteSpace || isWhitespace(char));
  return rows.map((row, i) => {
    if (!row.offsets) return row;
    const chars = Array.from(row.piece);
    let [start, end] = row.offsets;
    let leading = 0;
    while (isSpace(chars[leading])) leading++;
    let trailing = 0;
    while (isSpace(chars[chars.length - 1 - trailing])) trailing++;
    // One space before the first word may be the one that was put there, which the offsets don't cover.
    if (prefix && leading === 1 && (i === 0 || start === 0)) leading = 0;
    start = Math.min(start + leading, end);
    if (trailing > 0 && end >= trailing) end = Math.max(end - trailing, start);
    return { ...row, offsets: [start, end] };
  });
}

type TemplatePiece = { sequence: 0 | 1; type: number } | { tokens: (readonly [string, number])[]; type: number };

function template(json: Json): PostProcessor {
  const specials = asJson(json.special_tokens, "special_tokens");
  const single = listOf(json, "single").map((piece) => templatePiece(piece, specials));
  const pair = listOf(json, "pair").map((piece) => templatePiece(piece, specials));
  return (sequences, add) =>
    (sequences.length > 1 ? pair : single).flatMap((piece): Row[][] => {
      if ("sequence" in piece) return [(sequences[piece.sequence] ?? []).map((row) => ({ ...row, type: piece.type }))];
      return add ? [piece.tokens.map((token) => added(token, piece.type))] : [];
    });
}

function templatePiece(value: unknown, specials: Json): TemplatePiece {
  const json = asJson(value, "template");
  if (isJson(json.Sequence))
    return { sequence: json.Sequence.id === "B" ? 1 : 0, type: numberOf(json.Sequence, "type_id") };
  const special = asJson(json.SpecialToken, "template");
  const token = asJson(specials[stringOf(special, "id")], `special token ${stringOf(special, "id")}`);
  const pieces = listOf(token, "tokens");
  const tokens = listOf(token, "ids").map((id, i) => pairOf({ token: [pieces[i], id] }, "token"));
  return { tokens, type: numberOf(special, "type_id") };
}
