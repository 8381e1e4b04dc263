import type { Encoding } from "../text/encoding";
import type { Tokenizer } from "../text/tokenizer";
import { fail } from "./failure";
import type { Input } from "./protocol";

/** Ids as a person typed them. They stand for themselves where there is no vocabulary. */
function ofIds(ids: readonly number[], tokenizer: Tokenizer | null): Encoding {
  const bad = ids.find((id) => !Number.isInteger(id) || id < 0 || (tokenizer && id >= tokenizer.vocabSize));
  if (bad !== undefined)
    throw fail(
      "bad-input",
      `no such id: ${bad}${tokenizer ? ` (the vocabulary has 0 to ${tokenizer.vocabSize - 1})` : ""}`,
    );
  const special = new Set(Object.entries(tokenizer?.special ?? {}).flatMap(([role, id]) => (role === "unk" ? [] : id)));
  return {
    ids,
    tokens: ids.map((id) => tokenizer?.token(id) ?? String(id)),
    pieces: ids.map((id) => tokenizer?.piece(id) ?? String(id)),
    offsets: ids.map(() => null),
    mask: ids.map(() => 1),
    segments: ids.map(() => 0),
    special: ids.map((id) => special.has(id)),
    words: ids.map((id, i) => (special.has(id) ? null : i)),
  };
}

/**
 * What a person typed, as the model reads it.
 *
 * @throws tokenizer where text came and there is no tokenizer; bad-input where an id or a pair can't be; too-long
 */
export function encodeInput(
  input: Input,
  tokenizer: Tokenizer | null,
  { maxTokens, pairs }: { readonly maxTokens: number | null; readonly pairs: boolean },
): Encoding {
  if (input.kind === "text" && !tokenizer) throw fail("tokenizer", "no tokenizer: type ids instead of text");
  if (input.kind === "text" && input.pair !== undefined && !pairs)
    throw fail("bad-input", "no pairs: this model reads one text");
  const encoding = input.kind === "ids" ? ofIds(input.ids, tokenizer) : tokenizer!.encode(input.text, input.pair);
  const length = encoding.ids.length;
  if (length === 0) throw fail("bad-input", "no tokens: type something");
  if (maxTokens !== null && length > maxTokens)
    throw fail("too-long", `too long: ${length} tokens (this model reads at most ${maxTokens})`);
  return encoding;
}
