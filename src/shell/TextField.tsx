import { Fragment, memo, useEffect, useReducer, useRef, useState } from "react";
import { useActions, useApp } from "../store/react";
import { spell } from "../store/units";
import type { Encoding } from "../text/encoding";
import { usePhone } from "../views/shared/environment";
import { icons } from "../views/shared/icons";

/** One token of the text as the model reads it. Subwords of a word are joined. */
const Chip = memo(function Chip({
  encoding,
  index,
  live,
}: {
  readonly encoding: Encoding;
  readonly index: number;
  readonly live: boolean;
}) {
  const { hover, pin } = useActions();
  const lit = useApp(({ hovered, pinned }) =>
    !live ? null : pinned?.index === index ? "pin" : hovered?.index === index ? "hover" : null,
  );
  const word = encoding.words[index] ?? null;
  const joined = word !== null && encoding.words[index - 1] === word;
  const { label, mark } = spell(encoding.tokens[index]!);
  const token = { side: "query", index } as const;
  return (
    <button
      type="button"
      className="token tok"
      tabIndex={-1}
      data-special={encoding.special[index] || undefined}
      data-joined={joined || undefined}
      data-lit={lit ?? undefined}
      data-token={index}
      disabled={!live}
      title={`${mark}${label}, position ${index}, id ${encoding.ids[index]}`}
      onPointerEnter={() => hover(token)}
      onPointerLeave={() => hover(null)}
      onClick={() => pin(token)}
    >
      {label}
    </button>
  );
});

/** So many chips fill what is seen of the field; more are shown when asked for. */
const MOST_CHIPS = 120;

function Chips({ encoding, live }: { readonly encoding: Encoding; readonly live: boolean }) {
  const [all, showAll] = useState(false);
  const { tokens, words } = encoding;
  const count = all || tokens.length <= MOST_CHIPS + 10 ? tokens.length : MOST_CHIPS;
  return (
    <fieldset className="tokens" aria-label="Tokens of the text">
      {tokens.slice(0, count).map((_, i) => (
        <Fragment key={i.toString()}>
          {i > 0 && (words[i] === null || words[i] !== words[i - 1]) && " "}
          <Chip encoding={encoding} index={i} live={live} />
        </Fragment>
      ))}
      {count < tokens.length && (
        <button type="button" className="link more-tokens" onClick={() => showAll(true)}>
          {tokens.length - count} more
        </button>
      )}
    </fieldset>
  );
}

function Editor({ onDone }: { readonly onDone: () => void }) {
  const text = useApp((state) => state.text);
  const pair = useApp((state) => state.pair);
  const ids = useApp((state) => state.ids);
  const model = useApp((state) => state.model);
  const editing = useApp((state) => state.editing);
  const { setText, setPair, setIds, setEditing } = useActions();
  const field = useRef<HTMLTextAreaElement>(null);
  const second = useRef<HTMLTextAreaElement>(null);
  const added = pair === "";
  useEffect(() => {
    if (added) second.current?.focus();
  }, [added]);
  useEffect(() => {
    if (editing) field.current?.focus();
  }, [editing]);
  const bare = model?.tokenizer === false;
  const keys = (event: React.KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      onDone();
    } else if (event.key === "Escape") onDone();
    event.stopPropagation();
  };
  const grow = (value: string): number =>
    Math.min(6, Math.max(1, value.split("\n").length, Math.ceil(value.length / 130)));
  return (
    <div className="editor">
      <textarea
        ref={field}
        id="text"
        aria-label={bare ? "Token ids" : model?.pairs ? "First text" : "Text"}
        rows={grow(bare ? (ids ?? "") : text)}
        value={bare ? (ids ?? "") : text}
        placeholder={
          bare
            ? "Type token ids: this model came without a tokenizer. 101 2023 2003 102"
            : model
              ? "Type a sentence."
              : "Type your own sentence. It runs as soon as the model is ready."
        }
        spellCheck={false}
        onFocus={() => setEditing(true)}
        onChange={(event) => (bare ? setIds(event.target.value) : setText(event.target.value))}
        onKeyDown={keys}
      />
      {model?.pairs && !bare && (
        <div className="pair">
          {pair === null ? (
            <button type="button" className="link" onClick={() => setPair("")}>
              Add a second text
            </button>
          ) : (
            <>
              <textarea
                ref={second}
                aria-label="Second text"
                rows={grow(pair)}
                value={pair}
                placeholder="Type the second text."
                spellCheck={false}
                onChange={(event) => setPair(event.target.value)}
                onKeyDown={keys}
              />
              <button
                type="button"
                className="ghost icon"
                aria-label="Remove the second text"
                onClick={() => {
                  field.current?.focus(); // this button goes, and the keys stay with the text
                  setPair(null);
                }}
              >
                {icons.close}
              </button>
            </>
          )}
        </div>
      )}
    </div>
  );
}

/**
 * What is true stays so from the press of a pointer until the click that it makes has been handled: a field that closed
 * under it would move what the click is aimed at. Renders nothing for a pointer that holds nothing.
 */
function useHeld(value: boolean): boolean {
  const pressed = useRef(false);
  const now = useRef(value);
  const held = useRef(value);
  const [, render] = useReducer((count: number) => count + 1, 0);
  now.current = value;
  if (value || !pressed.current) held.current = value;
  useEffect(() => {
    const down = () => {
      pressed.current = true;
    };
    const up = () =>
      requestAnimationFrame(() => {
        pressed.current = false;
        if (held.current !== now.current) render();
      });
    window.addEventListener("pointerdown", down, true);
    window.addEventListener("pointerup", up, true);
    window.addEventListener("pointercancel", up, true);
    return () => {
      window.removeEventListener("pointerdown", down, true);
      window.removeEventListener("pointerup", up, true);
      window.removeEventListener("pointercancel", up, true);
    };
  }, []);
  return held.current;
}

/** The text: chips at rest, a field with chips under it while it is edited. */
export function TextField() {
  const editing = useApp((state) => state.editing);
  const typed = useApp((state) => state.typed);
  const shown = useApp((state) => state.shown);
  const stale = useApp((state) => state.stale);
  const model = useApp((state) => state.model);
  const text = useApp((state) => state.text);
  const phone = usePhone();
  const { setEditing, runWaiting } = useActions();
  const box = useRef<HTMLFormElement>(null);
  const encoding = typed ?? (model && shown?.origin === "live" ? shown.result.encoding : null);
  const live = !stale && shown?.origin === "live" && shown.result.encoding === encoding;
  const held = useHeld(editing);
  const fixed = model?.trace === true; // its text ran elsewhere
  const open = !fixed && (held || !encoding);
  const coming = useApp(({ next, catalog }) =>
    next?.kind === "shipped" ? (catalog?.models.find(({ id }) => id === next.id)?.maxTokens ?? null) : null,
  );
  const most = model?.maxTokens ?? coming;
  const over = most !== null && encoding !== null && encoding.ids.length > most;
  const done = () => {
    runWaiting();
    setEditing(false);
    box.current?.querySelector<HTMLElement>("textarea")?.blur();
  };
  return (
    <form
      ref={box}
      aria-label="Text"
      onSubmit={(event) => event.preventDefault()}
      className="text-field"
      data-open={open || undefined}
      data-editing={editing || undefined}
      onBlur={(event) => {
        if (!box.current?.contains(event.relatedTarget)) setEditing(false);
      }}
    >
      <div className="text-content">
        {open && <Editor onDone={done} />}
        {encoding && (!open || text.trim() !== "" || !model?.tokenizer) && <Chips encoding={encoding} live={live} />}
      </div>
      {!phone && (
        <span className="count" data-over={over || undefined}>
          {encoding
            ? `${encoding.ids.length} ${encoding.ids.length === 1 ? "token" : "tokens"}${over ? `, ${most} at most` : ""}`
            : most
              ? `${most} tokens at most`
              : ""}
        </span>
      )}
      {!open && !fixed && !phone && (
        <button type="button" className="ghost icon" aria-label="Edit text" onClick={() => setEditing(true)}>
          {icons.pencil}
        </button>
      )}
    </form>
  );
}
