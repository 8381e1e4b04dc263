import type { MethodInfo } from "../../explain/attribution";
import { useApp } from "../../store/react";

/** What relevance propagation asks of whoever uses it. */
export const PATENT_NOTE =
  "Relevance propagation is covered by patents in some countries; whether you may use it where you are is for you to find out.";

/** How what is said of methods is read where an image was run. */
export const PATCHES_NOTE = "Of an image, read “patch” for token and word, and “image” for text.";

export function PatchNote() {
  const patches = useApp((state) => state.shown?.result.encoding.patches !== undefined);
  return patches ? <p className="note">{PATCHES_NOTE}</p> : null;
}

/** A sentence that begins small goes on after "But". */
const after = (sentence: string): string =>
  /^[A-Z][a-z ]/.test(sentence) ? sentence[0]!.toLowerCase() + sentence.slice(1) : sentence;

/** The two lines on a method: what it measures, then "But …". */
export function TwoLines({ method: { measures, weakness } }: { readonly method: MethodInfo }) {
  return (
    <>
      <p>{measures}</p>
      <p className="but">But {after(weakness)}</p>
    </>
  );
}

/** All that is known of a method. */
export function MethodNotes({ method }: { readonly method: MethodInfo }) {
  const { strength, cost, source, note } = method;
  return (
    <div className="method-notes">
      <PatchNote />
      <TwoLines method={method} />
      <dl>
        <dt>Strength</dt>
        <dd>{strength}</dd>
        <dt>Cost</dt>
        <dd>{cost}, F a forward and B a backward pass, n units</dd>
        <dt>Source</dt>
        <dd>{source}</dd>
      </dl>
      {note && <p className="note">{note}</p>}
    </div>
  );
}
