import { codePoints, utf8Length } from "./unicode";

/**
 * A new character and what it does to the old ones: 0 replaces the next, -n replaces the next and drops the n after it,
 * 1 is inserted.
 */
export type Edit = readonly [char: string, change: number];

/** [start, end), in characters. */
export type Span = readonly [start: number, end: number];

/** What becomes of the parts that a pattern finds; the names are those of tokenizer.json. */
export type SplitBehavior = "Removed" | "Isolated" | "MergedWithPrevious" | "MergedWithNext" | "Contiguous";

/**
 * A text on its way through normalisation that knows, for each of its characters, which characters of the source it
 * stands for. All positions are code points. The rules of alignment (an inserted character stands for what the one
 * before it stood for) are those of the `NormalizedString` of Hugging Face tokenizers, so that offsets agree.
 */
export class AlignedText {
  private constructor(
    readonly chars: readonly string[],
    /** Where in the source each character begins and ends. */
    readonly starts: readonly number[],
    readonly ends: readonly number[],
    /** Where in the source this part of it began when it was cut out. */
    readonly origin: number,
  ) {}

  static of(source: string): AlignedText {
    const chars = codePoints(source);
    return new AlignedText(
      chars,
      chars.map((_, i) => i),
      chars.map((_, i) => i + 1),
      0,
    );
  }

  get text(): string {
    return this.chars.join("");
  }

  /** Rewrites the whole text. `dropped` is how many characters are dropped before the first edit. */
  transform(edits: Iterable<Edit>, dropped = 0): AlignedText {
    const chars: string[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    let at = dropped;
    for (const [char, change] of edits) {
      const stood = Math.min(change > 0 ? at - 1 : at, this.chars.length - 1);
      chars.push(char);
      starts.push(stood < 0 ? this.origin : this.starts[stood]!);
      ends.push(stood < 0 ? this.origin : this.ends[stood]!);
      if (change <= 0) at += 1 - change;
    }
    return new AlignedText(chars, starts, ends, this.origin);
  }

  map(replace: (char: string) => string): AlignedText {
    return this.transform(this.chars.map((char) => [replace(char), 0]));
  }

  filter(keep: (char: string) => boolean): AlignedText {
    const kept = this.chars.flatMap((char, i) => (keep(char) ? [i] : []));
    return new AlignedText(
      kept.map((i) => this.chars[i]!),
      kept.map((i) => this.starts[i]!),
      kept.map((i) => this.ends[i]!),
      this.origin,
    );
  }

  /** Puts `prefix` before a text that isn't empty; it stands for the first character. */
  prepend(prefix: string): AlignedText {
    const [first, ...rest] = this.chars;
    if (first === undefined) return this;
    const edits: Edit[] = codePoints(prefix).map((char, i) => [char, i === 0 ? 0 : 1]);
    return this.transform([...edits, [first, 1], ...rest.map((char): Edit => [char, 0])]);
  }

  /** Replaces each span by `content`, which stands for the last character of the span. */
  replace(spans: readonly Span[], content: string): AlignedText {
    const inserted = codePoints(content);
    const chars: string[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    const copy = (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        chars.push(this.chars[i]!);
        starts.push(this.starts[i]!);
        ends.push(this.ends[i]!);
      }
    };
    let at = 0;
    for (const [from, to] of spans) {
      copy(at, from);
      for (const char of inserted) {
        chars.push(char);
        starts.push(to > 0 ? this.starts[to - 1]! : this.origin);
        ends.push(to > 0 ? this.ends[to - 1]! : this.origin);
      }
      at = to;
    }
    copy(at, this.chars.length);
    return new AlignedText(chars, starts, ends, this.origin);
  }

  slice(from: number, to: number): AlignedText {
    return new AlignedText(
      this.chars.slice(from, to),
      this.starts.slice(from, to),
      this.ends.slice(from, to),
      this.starts[from] ?? this.origin,
    );
  }

  /** Cuts the text at the spans that a pattern found. With `invert` the spans are the text and the rest is found. */
  split(spans: readonly Span[], behavior: SplitBehavior, invert = false): AlignedText[] {
    return joinSplits(coverWith(spans, this.chars.length, invert), behavior)
      .filter(({ from, to }) => from < to)
      .map(({ from, to }) => this.slice(from, to));
  }

  /** Which character each UTF-8 byte of the text belongs to. */
  charOfByte(): Uint32Array {
    const sizes = this.chars.map(utf8Length);
    const owner = new Uint32Array(sizes.reduce((sum, size) => sum + size, 0));
    let at = 0;
    sizes.forEach((size, i) => {
      owner.fill(i, at, at + size);
      at += size;
    });
    return owner;
  }
}

interface Part {
  from: number;
  to: number;
  found: boolean;
}

function coverWith(spans: readonly Span[], length: number, invert: boolean): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const [from, to] of spans) {
    if (at !== from) parts.push({ from: at, to: from, found: invert });
    parts.push({ from, to, found: !invert });
    at = to;
  }
  if (at !== length) parts.push({ from: at, to: length, found: invert });
  return parts;
}

function joinSplits(parts: readonly Part[], behavior: SplitBehavior): Part[] {
  if (behavior === "Isolated") return [...parts];
  if (behavior === "Removed") return parts.filter(({ found }) => !found);
  const joined: Part[] = [];
  let previous = false;
  for (const part of behavior === "MergedWithNext" ? parts.toReversed() : parts) {
    const last = joined.at(-1);
    if (last && (behavior === "Contiguous" ? part.found === previous : part.found && !previous)) {
      last.from = Math.min(last.from, part.from);
      last.to = Math.max(last.to, part.to);
    } else joined.push({ ...part });
    previous = part.found;
  }
  return behavior === "MergedWithNext" ? joined.reverse() : joined;
}
