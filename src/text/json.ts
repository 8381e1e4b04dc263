/** An object of a tokenizer's files, before it is known to be well formed. */
export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws `bad tokenizer: ...` where the value isn't an object. */
export function asJson(value: unknown, what: string): Json {
  if (!isJson(value)) throw new Error(`bad tokenizer: ${what} is not an object`);
  return value;
}

/** @throws `bad tokenizer: ...` where the entry isn't a string. */
export function stringOf(json: Json, key: string): string {
  const value = json[key];
  if (typeof value !== "string") throw new Error(`bad tokenizer: ${key} of ${kindOf(json)} is not a string`);
  return value;
}

/** @throws `bad tokenizer: ...` where the entry isn't an array. */
export function listOf(json: Json, key: string): readonly unknown[] {
  const value = json[key];
  if (!Array.isArray(value)) throw new Error(`bad tokenizer: ${key} of ${kindOf(json)} is not a list`);
  return value;
}

/** @throws `bad tokenizer: ...` where the entry isn't a number. */
export function numberOf(json: Json, key: string): number {
  const value = json[key];
  if (typeof value !== "number") throw new Error(`bad tokenizer: ${key} of ${kindOf(json)} is not a number`);
  return value;
}

export const maybeString = (json: Json, key: string): string | null => {
  const value = json[key];
  return typeof value === "string" ? value : null;
};

export const flagOf = (json: Json, key: string, otherwise = false): boolean => {
  const value = json[key];
  return typeof value === "boolean" ? value : otherwise;
};

const kindOf = (json: Json): string => maybeString(json, "type") ?? "tokenizer.json";

/**
 * Builds a part of the pipeline by its `type`, from a table with an entry a type.
 * @throws `unknown tokenizer: ...` for a type that the table hasn't.
 */
export function build<Part>(what: string, table: Readonly<Record<string, (json: Json) => Part>>, value: unknown): Part {
  const json = asJson(value, what);
  const type = stringOf(json, "type");
  const make = Object.hasOwn(table, type) ? table[type] : undefined;
  if (!make) throw new Error(`unknown tokenizer: ${what} ${type}; known are ${Object.keys(table).join(", ")}`);
  return make(json);
}
