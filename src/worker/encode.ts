import type { Encoding } from "../text/encoding";
import { encodeIds } from "../text/ids";
import { fail } from "./failure";
import type { Loaded } from "./loaded";
import type { Input } from "./protocol";

function ofIds(ids: readonly number[], { tokenizer, vocabSize }: Pick<Loaded, "tokenizer" | "vocabSize">): Encoding {
  try {
    return encodeIds(ids.join(" "), tokenizer, vocabSize);
  } catch (error) {
    throw fail("bad-input", error instanceof Error ? error.message : String(error));
  }
}

/**
 * What a person typed, as the model reads it.
 *
 * @throws tokenizer where text came and there is no tokenizer; bad-input where an id or a pair can't be; too-long
 */
export function encodeInput(input: Input, model: Loaded): Encoding {
  const { engine, tokenizer, info } = model;
  if (engine.family === "vision") throw fail("bad-input", "no text: this model reads images");
  if (input.kind === "text" && !tokenizer) throw fail("tokenizer", "no tokenizer: type ids instead of text");
  if (input.kind === "text" && input.pair !== undefined && !info.pairs)
    throw fail("bad-input", "no pairs: this model reads one text");
  const encoding = input.kind === "ids" ? ofIds(input.ids, model) : tokenizer!.encode(input.text, input.pair);
  const length = encoding.ids.length;
  if (length === 0) throw fail("bad-input", "no tokens: type something");
  if (info.maxTokens !== null && length > info.maxTokens)
    throw fail("too-long", `too long: ${length} tokens (this model reads at most ${info.maxTokens})`);
  return encoding;
}
