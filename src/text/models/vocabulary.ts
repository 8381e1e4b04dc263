import { asJson, type Json } from "../json";

/**
 * A `vocab` that is an object from pieces to ids.
 * @throws `bad tokenizer: ...` where an id is no number
 */
export function readVocabulary(model: Json): Map<string, number> {
  const vocabulary = new Map<string, number>();
  for (const [piece, id] of Object.entries(asJson(model.vocab, "vocab"))) {
    if (typeof id !== "number") throw new Error(`bad tokenizer: id of ${piece} is ${String(id)}`);
    vocabulary.set(piece, id);
  }
  return vocabulary;
}

/**
 * The id of the unknown token.
 * @throws `bad tokenizer: ...` where the vocabulary hasn't got it
 */
export function unknownId(vocabulary: ReadonlyMap<string, number>, unknown: string | null): number {
  const id = unknown === null ? undefined : vocabulary.get(unknown);
  if (id === undefined) throw new Error(`bad tokenizer: unknown token ${unknown} is not in the vocabulary`);
  return id;
}
