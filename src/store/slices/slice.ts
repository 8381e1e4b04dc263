/** What a parameter says, or what was expected in its place. */
export type Reading<T> = { readonly value: T } | { readonly wrong: string };

/** A parameter of links that belongs to one view. */
export interface Parameter<S> {
  read(raw: string): Reading<Partial<S>>;
  /** Undefined keeps it out of the link: where the view is as it starts. */
  write(state: S): string | undefined;
}

/** What a view keeps of its own beside what all views share, and how links spell it. */
export interface Slice<S> {
  readonly initial: S;
  /** By name. Names of different slices, and of what all views share, differ. */
  readonly link: Readonly<Record<string, Parameter<S>>>;
}

export const wrong = (expected: string): { wrong: string } => ({ wrong: expected });

export const map = <A, B>(reading: Reading<A>, to: (value: A) => B): Reading<B> =>
  "wrong" in reading ? reading : { value: to(reading.value) };

export const oneOf = <T extends string>(raw: string, values: readonly T[]): Reading<T> => {
  const value = values.find((each) => each === raw);
  return value === undefined ? wrong(`one of ${values.join(", ")}`) : { value };
};

export const flag = (raw: string): Reading<boolean> =>
  raw === "1" ? { value: true } : raw === "0" ? { value: false } : wrong("0 or 1");

/** A number between two others, both allowed. */
export const between = (raw: string, least: number, most: number): Reading<number> => {
  const value = /^-?\d{1,9}(\.\d{1,9})?$/.test(raw) ? Number(raw) : Number.NaN;
  return value >= least && value <= most ? { value } : wrong(`a number from ${least} to ${most}`);
};

/** A parameter of one key that takes one of some words. */
export const choice = <S, K extends keyof S>(
  key: K,
  values: readonly (S[K] & string)[],
  start: S[K] & string,
): Parameter<S> => ({
  read: (raw) => map(oneOf(raw, values), (value) => ({ [key]: value }) as unknown as Partial<S>),
  write: (state) => (state[key] === start ? undefined : `${state[key]}`),
});

/** A parameter of one key that takes a number. */
export const amount = <S, K extends keyof S>(
  key: K,
  [least, most]: readonly [number, number],
  start: S[K] & number,
): Parameter<S> => ({
  read: (raw) => map(between(raw, least, most), (value) => ({ [key]: value }) as unknown as Partial<S>),
  write: (state) => (state[key] === start ? undefined : `${state[key]}`),
});

/** A parameter of one key that is on or off. */
export const toggle = <S, K extends keyof S>(key: K, start: S[K] & boolean): Parameter<S> => ({
  read: (raw) => map(flag(raw), (value) => ({ [key]: value }) as unknown as Partial<S>),
  write: (state) => (state[key] === start ? undefined : `${Number(state[key])}`),
});
