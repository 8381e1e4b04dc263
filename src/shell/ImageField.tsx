import { useEffect, useMemo, useRef } from "react";
import { useActions, useApp } from "../store/react";
import type { GivenImage } from "../store/state";
import { spell } from "../store/units";
import type { Encoding } from "../text/encoding";
import { usePhone } from "../views/shared/environment";
import { PatchPicture } from "../views/shared/PatchPicture";
import { patchedOf } from "../views/shared/patches";

const THUMBNAIL = 76;

/** Tokens that stand for no patch, as chips beside the image. */
function Others({ encoding, live }: { readonly encoding: Encoding; readonly live: boolean }) {
  const { hover, pin } = useActions();
  const pinned = useApp((state) => state.pinned?.index);
  const hovered = useApp((state) => state.hovered?.index);
  const others = encoding.special.flatMap((special, i) => (special ? [i] : []));
  if (others.length === 0) return null;
  return (
    <fieldset className="tokens" aria-label="Tokens beside the patches">
      {others.map((index) => {
        const token = { side: "query", index } as const;
        return (
          <button
            key={index}
            type="button"
            className="token tok"
            data-special
            data-lit={pinned === index ? "pin" : hovered === index ? "hover" : undefined}
            data-token={index}
            disabled={!live}
            title={`${encoding.tokens[index]}, position ${index}`}
            onPointerEnter={() => hover(token)}
            onPointerLeave={() => hover(null)}
            onClick={() => pin(token)}
          >
            {spell(encoding.tokens[index]!).label}
          </button>
        );
      })}
    </fieldset>
  );
}

/** Opens the system's choice of files for one image. */
function Choose({ label, onImage }: { readonly label: string; readonly onImage: (image: GivenImage) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const editing = useApp((state) => state.editing);
  const { setEditing } = useActions();
  useEffect(() => {
    if (!editing) return;
    button.current?.focus(); // as the field of a text is
    setEditing(false);
  }, [editing, setEditing]);
  return (
    <>
      <button ref={button} type="button" className="button" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        className="sr-only"
        tabIndex={-1}
        aria-label="Image file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = ""; // the same file again is a change too
          if (file) onImage({ file, name: file.name });
        }}
      />
    </>
  );
}

/** The image, where a text would be: what was given, how the model sees it, and how to give another. */
export function ImageField() {
  const shown = useApp((state) => state.shown);
  const stale = useApp((state) => state.stale);
  const wanted = useApp((state) => state.wantedImage);
  const model = useApp((state) => state.model);
  const phone = usePhone();
  const { setImage } = useActions();
  const patched = useMemo(() => (shown ? patchedOf(shown) : null), [shown]);
  const encoding = shown?.result.encoding;
  const grid = patched?.patches;
  const seen = patched?.seen;
  return (
    <form aria-label="Image" className="image-field" onSubmit={(event) => event.preventDefault()}>
      {patched && <PatchPicture of={patched} width={THUMBNAIL} label={`Image: ${patched.seen.name}`} />}
      <div className="image-about">
        {seen && grid && encoding ? (
          <>
            <p>
              <b>{seen.name}</b>{" "}
              {!phone && (
                <span className="small" title={model?.preparation ?? undefined}>
                  {seen.original.width} × {seen.original.height}, seen as {seen.width} × {seen.height}
                </span>
              )}
            </p>
            <p className="small">
              {grid.columns} × {grid.rows} patches
              {!phone && ` of ${grid.step[1]} × ${grid.step[0]} pixels, ${encoding.ids.length} tokens`}
            </p>
            <Others encoding={encoding} live={!stale} />
          </>
        ) : (
          <p className="image-hint">
            {wanted ? (
              <>
                The link is of <b>{wanted}</b>. Links don't carry images: choose, drop or paste it.
              </>
            ) : (
              "Drop an image on the page, paste one, or choose a file. It stays on this device."
            )}
          </p>
        )}
      </div>
      {!model?.trace && (
        <Choose label={seen ? (phone ? "Another" : "Another image") : "Choose an image"} onImage={setImage} />
      )}
    </form>
  );
}
