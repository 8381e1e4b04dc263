import type { AlignedText, Edit } from "./aligned-text";

/** The four normal forms of Unicode (UAX 15). */
export type NormalForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/** Normalises and keeps track: what a character decomposes to is inserted after it, what composes is dropped. */
export function normalForm(text: AlignedText, form: NormalForm): AlignedText {
  if (text.text.normalize(form) === text.text) return text;
  const decomposed = decompose(text.chars, form.includes("K") ? "NFKD" : "NFD");
  return text.transform(form.endsWith("D") ? decomposed : compose(decomposed));
}

function decompose(chars: readonly string[], form: "NFD" | "NFKD"): Edit[] {
  const parts = chars.flatMap((char) => Array.from(char.normalize(form), (part, i): Edit => [part, i === 0 ? 0 : 1]));
  // Canonical order only permutes neighbouring marks, stably: each mark of the ordered text is the first of its like.
  const ordered = Array.from(
    parts
      .map(([char]) => char)
      .join("")
      .normalize("NFD"),
  );
  const pending = [...parts];
  let taken = 0;
  return ordered.map((char) => {
    let at = taken;
    while (pending[at]![0] !== char) at++;
    const [part] = pending.splice(at, 1);
    pending.splice(taken++, 0, part!);
    return part!;
  });
}

function compose(parts: readonly Edit[]): Edit[] {
  const done: Edit[] = [];
  let starter: Edit | null = null;
  let marks: Edit[] = [];
  for (const part of parts) {
    if (starter === null) {
      if (isStarter(part[0])) starter = part;
      else done.push(part);
      continue;
    }
    const last = marks.at(-1);
    const blocked = last !== undefined && (isStarter(part[0]) || sameClass(last[0], part[0]));
    const composed: string | null = blocked ? null : composite(starter[0], part[0]);
    if (composed !== null) starter = [composed, starter[1] + part[1] - 1];
    else if (isStarter(part[0])) {
      done.push(starter, ...marks);
      starter = part;
      marks = [];
    } else marks.push(part);
  }
  if (starter !== null) done.push(starter, ...marks);
  return done;
}

/** The primary composite of two characters, if there is one. */
function composite(first: string, second: string): string | null {
  const composed = (first + second).normalize("NFC");
  return Array.from(composed).length === 1 ? composed : null;
}

const reorders = (first: string, second: string) => (first + second).normalize("NFD") !== first + second;

/** Combining class 0: no mark of class 1 (U+0334) passes it from the right, and it doesn't pass U+0345 (class 240). */
function isStarter(char: string): boolean {
  return !reorders(char, "\u0334") && !reorders("\u0345", char);
}

/** Whether two marks have one combining class, so that neither passes the other. */
function sameClass(first: string, second: string): boolean {
  return first === second || !(reorders(first, second) || reorders(second, first));
}
