import type { Tokenizer } from "../text/tokenizer";
import type { Substitutes } from "./attribution";

/**
 * What can stand in for a token of a model: where the vocabulary has no padding, the token that ends a text pads, as
 * training does. Without a tokenizer nothing is known.
 */
export function substitutesOf(tokenizer: Pick<Tokenizer, "special" | "encode"> | null): Substitutes {
  if (!tokenizer) return { pad: null, mask: null, unknown: null };
  const { special } = tokenizer;
  const pad = special.pad ?? special.eos;
  return {
    pad,
    mask: special.mask,
    unknown: special.unk,
    ellipsis: tokenizer.encode(" ...", undefined, { special: false }).ids,
    encode(text, tokens) {
      const { ids } = tokenizer.encode(text, undefined, { special: false });
      const filler = pad ?? special.unk ?? special.mask ?? special.bos;
      if (ids.length < tokens && filler === null)
        throw new RangeError(`too short: ${ids.length} tokens of ${tokens}, and the vocabulary has none to pad with`);
      return Array.from({ length: tokens }, (_, i) => ids[i] ?? filler!);
    },
  };
}
