import type { ImageInput } from "../explain/trace";
import { imageInput } from "../explain/vision";
import { prepare } from "../image/prepare";
import type { Rgb } from "../image/rgb";
import { opaque, type Seen } from "../image/seen";
import type { Encoding } from "../text/encoding";
import { encodeIds } from "../text/ids";
import { decodeImage } from "./decode";
import { fail } from "./failure";
import type { Loaded } from "./loaded";
import type { Input } from "./protocol";

/** What a person gave, as the model reads it. */
export interface Read {
  readonly encoding: Encoding;
  readonly image?: ImageInput;
  readonly seen?: Seen;
}

function ofIds(ids: readonly number[], { tokenizer, vocabSize }: Pick<Loaded, "tokenizer" | "vocabSize">): Encoding {
  try {
    return encodeIds(ids.join(" "), tokenizer, vocabSize);
  } catch (error) {
    throw fail("bad-input", error instanceof Error ? error.message : String(error));
  }
}

/**
 * Reads what a person typed or gave.
 *
 * @throws tokenizer where text came and there is no tokenizer; bad-input where an id, a pair or an image can't be, or the
 * model reads the other kind; missing-file where nothing says how images are made ready; too-long
 */
export const readInput = async (input: Input, model: Loaded): Promise<Read> =>
  input.kind === "image" ? readImage(input, model) : { encoding: encodeText(input, model) };

/** The same of a text or ids. */
export function encodeText(input: Exclude<Input, { kind: "image" }>, model: Loaded): Encoding {
  const { engine, tokenizer, info } = model;
  if (engine.vision) throw fail("bad-input", "no text: this model reads images");
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

async function readImage(
  { image, name }: Extract<Input, { kind: "image" }>,
  { engine, preparation }: Pick<Loaded, "engine" | "preparation">,
): Promise<Read> {
  const { vision } = engine;
  if (!vision || !preparation) throw fail("bad-input", "no image: this model reads text");
  if (preparation instanceof Error) throw preparation;
  const original = await decodeImage(image, name);
  const { picture, pixels } = prepare(original, preparation);
  try {
    return {
      encoding: vision.encode(picture.height, picture.width),
      image: imageInput(pixels, preparation),
      seen: seenOf(picture, original, name),
    };
  } catch (error) {
    if (error instanceof RangeError) throw fail("bad-input", error.message);
    throw error;
  }
}

function seenOf({ width, height, data }: Rgb, original: Rgb, name: string): Seen {
  return { name, original: { width: original.width, height: original.height }, width, height, pixels: opaque(data) };
}
