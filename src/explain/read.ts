/** Readers of JSON that came from outside: each returns the value in its type or throws `bad FILE: PATH is not a ...`. */
export class BadFile extends Error {
  override readonly name = "BadFile";
}

export interface Reader {
  readonly path: string;
  readonly value: unknown;
}

const fail = (at: Reader, wanted: string): never => {
  throw new BadFile(`bad ${at.path}: not ${wanted}`);
};

export const root = (file: string, value: unknown): Reader => ({ path: file, value });

export function field(of: Reader, name: string): Reader {
  const { path, value } = of;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(of, "an object");
  return { path: `${path}.${name}`, value: (value as Record<string, unknown>)[name] };
}

export const text = (at: Reader): string => (typeof at.value === "string" ? at.value : fail(at, "a string"));

export const number = (at: Reader): number =>
  typeof at.value === "number" && Number.isFinite(at.value) ? at.value : fail(at, "a number");

export const boolean = (at: Reader): boolean => (typeof at.value === "boolean" ? at.value : fail(at, "true or false"));

export function natural(at: Reader): number {
  const value = number(at);
  return Number.isInteger(value) && value >= 0 ? value : fail(at, "a natural number");
}

export function list<T>(at: Reader, each: (item: Reader) => T): T[] {
  if (!Array.isArray(at.value)) return fail(at, "a list");
  return at.value.map((value, i) => each({ path: `${at.path}[${i}]`, value }));
}

export const optional = <T>(at: Reader, read: (at: Reader) => T): T | null =>
  at.value === undefined || at.value === null ? null : read(at);

export function oneOf<T extends string>(at: Reader, values: readonly T[]): T {
  return values.find((value) => value === at.value) ?? fail(at, `one of ${values.join(", ")}`);
}
