import type { Encoding } from "./encoding";
import type { Tokenizer } from "./tokenizer";

/**
 * Reads ids that a person typed, apart by spaces, commas or semicolons, brackets around them or not. Offsets are where
 * each number stands in `typed`. With a tokenizer the tokens read as in its vocabulary, without one as their numbers.
 * `vocabSize` is the number of ids that the model has, null where that isn't known.
 * @throws `no token ids: ...`, `bad token id: ...`, `token id out of range: ...`
 */
export function encodeIds(
  typed: string,
  tokenizer: Tokenizer | null = null,
  vocabSize: number | null = tokenizer?.vocabSize ?? null,
): Encoding {
  const found = [...typed.matchAll(/[^\s,;[\]]+/g)];
  if (found.length === 0) throw new Error("no token ids: type whole numbers such as 101 2023 102");
  const ids = found.map(([text]) => {
    if (!/^\d+$/.test(text)) throw new Error(`bad token id: ${text}; ids are whole numbers from 0`);
    const id = Number(text);
    if (!Number.isSafeInteger(id) || (vocabSize !== null && id >= vocabSize))
      throw new Error(`token id out of range: ${text}; the model has ${vocabSize ?? "fewer"} ids`);
    return id;
  });
  const special = ids.map((id) => tokenizer?.isSpecial(id) ?? false);
  let words = 0;
  return {
    ids,
    tokens: ids.map((id) => tokenizer?.token(id) ?? String(id)),
    pieces: ids.map((id) => tokenizer?.piece(id) ?? String(id)),
    offsets: found.map(({ 0: text, index }) => [index, index + text.length]),
    mask: ids.map(() => 1),
    segments: ids.map(() => 0),
    special,
    words: special.map((isSpecial) => (isSpecial ? null : words++)),
  };
}
