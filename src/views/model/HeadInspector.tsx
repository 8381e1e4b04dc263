import { useMemo } from "react";
import { useActions, useApp, useWorkspace } from "../../store/react";
import type { HeadRef, Shown } from "../../store/state";
import { rowOf } from "../heads/draw";
import { Section, Strongest } from "../heads/HeadsInspector";
import { HeadsPlot } from "../heads/HeadsPlot";
import { headName } from "../heads/names";
import { ReaderLine, useReader } from "../heads/OverImage";
import { causalAt, type Picture, pictureOf, useAttention } from "../heads/on-screen";
import { readerWords, tilesOf } from "../heads/over";
import { characters, charactersOf, countCharacters, metersOf, scoresOf } from "../shared/characters";
import { Kbd, Meter, Segmented } from "../shared/controls";
import { usePalette } from "../shared/environment";
import { icons } from "../shared/icons";
import { PatchTiles } from "../shared/PatchTiles";
import { type Patched, patchedOf } from "../shared/patches";
import { explain, nameOf, tellingRow, type Words } from "./explain";
import { HeadMatrix } from "./HeadMatrix";

const Told = ({ words }: { readonly words: Words }) => (
  <p className="told">
    {words.map((word, i) => (
      <span
        key={`${i.toString()} ${typeof word === "string" ? word : word.token}`}
        className={typeof word === "string" ? undefined : "tok"}
      >
        {typeof word === "string" ? word : word.token}
      </span>
    ))}
  </p>
);

const RowName = ({ picture, row }: { readonly picture: Picture; readonly row: number }) => {
  const { which, label } = nameOf(picture.plan, picture.plan.queries[row]!);
  return (
    <>
      {which && `${which[0]!.toUpperCase()}${which.slice(1)} `}
      <span className="tok">{label}</span> looks at
    </>
  );
};

/** The picture of the head that is open in Model. */
export function useOpenPicture(shown: Shown, open: HeadRef): Picture | null {
  const { attention } = useWorkspace();
  const mergeWords = useApp((state) => state.mergeWords);
  const hideSinks = useApp((state) => state.hideSinks.model);
  const heads = useMemo(() => [open.head], [open.head]);
  useAttention(shown, open.site, heads);
  return pictureOf({ shown, site: open.site, heads, mergeWords, hideSinks, pairFilter: "all" }, attention);
}

/** Where the token that is read looks by this head. */
function OpenOverImage({ picture, of }: { readonly picture: Picture; readonly of: Patched }) {
  const palette = usePalette();
  const reader = useReader(picture);
  const { side, row } = reader?.row ?? { side: "query", row: -1 };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a reader is its row
  const [tile] = useMemo(
    () => (reader ? tilesOf(of, picture, reader, palette) : []),
    [of, picture, side, row, palette],
  );
  if (!reader || !tile) return null;
  return (
    <>
      <ReaderLine words={readerWords(reader)} />
      <PatchTiles of={of} tiles={[tile]} side={side} about={readerWords(reader)} />
    </>
  );
}

function OpenHead({ shown, open }: { readonly shown: Shown; readonly open: HeadRef }) {
  const picture = useOpenPicture(shown, open);
  const openAs = useApp((state) => state.openAs);
  const pinned = useApp((state) => state.pinned);
  const hovered = useApp((state) => state.hovered);
  const { moveOpen, setOpenAs, openHead, showInHeads } = useActions();
  const scores = scoresOf(shown.scores, open.site, open.head);
  const found = scores ? charactersOf(scores) : [];
  const causal = causalAt(shown, open.site);
  const telling = useMemo(
    () => (picture ? tellingRow(scores, picture.heads[0]!.reading, picture.plan) : 0),
    [picture, scores],
  );
  const words = useMemo(
    () => (picture && scores ? explain(scores, picture.heads[0]!.reading, picture.plan) : null),
    [picture, scores],
  );
  const patched = useMemo(() => patchedOf(shown), [shown]);
  const drawn = useApp((state) => state.own.heads.drawn);
  const over = patched !== null && drawn === "image";
  const row = picture && (rowOf(picture.plan, pinned ?? hovered) ?? { side: "query" as const, row: telling });
  return (
    <div className="open-head">
      <div className="open-title">
        <h2>Head {headName(shown, open.site, open.head)}</h2>
        {found.map(({ id, badge, label }) => (
          <span key={id} className="badge-chip">
            <i className="badge tok" aria-hidden="true">
              {badge}
            </i>
            {label}
          </span>
        ))}
        <span className="open-tools">
          <button type="button" className="ghost icon" aria-label="Previous head" onClick={() => moveOpen(-1, 0)}>
            {icons.left}
          </button>
          <button type="button" className="ghost icon" aria-label="Next head" onClick={() => moveOpen(1, 0)}>
            {icons.right}
          </button>
          {!over && (
            <Segmented
              label="Draw as"
              value={openAs}
              options={[
                { value: "matrix", label: "Matrix" },
                { value: "lines", label: "Lines" },
              ]}
              onChange={setOpenAs}
            />
          )}
          <button type="button" className="ghost icon" aria-label="Close head" onClick={() => openHead(null)}>
            {icons.close}
          </button>
        </span>
      </div>
      {words ? (
        <Told words={words} />
      ) : (
        <p className="told">
          {shown.model.far
            ? "Its habits aren't measured: that would read the whole trace."
            : "Its habits are being measured."}
        </p>
      )}
      <div className="open-picture" data-as={over ? "image" : openAs}>
        {picture && over && <OpenOverImage picture={picture} of={patched} />}
        {picture &&
          !over &&
          (openAs === "matrix" ? <HeadMatrix picture={picture} /> : <HeadsPlot picture={picture} compact />)}
      </div>
      <div className="open-facts">
        {scores && (
          <Section title="Character, 0 to 1" aside={`even: ${scores.evenEntropy.toFixed(2)} bits`}>
            <ul className="meters">
              {metersOf(scores, causal).map((meter) => (
                <Meter key={meter.label} {...meter} />
              ))}
            </ul>
          </Section>
        )}
        {picture && row && (
          <Section title={row.side === "query" ? <RowName picture={picture} row={row.row} /> : "Attended by"}>
            <Strongest picture={picture} row={row} />
            <button type="button" className="link" onClick={() => showInHeads(open)}>
              Show in Heads
            </button>
          </Section>
        )}
      </div>
    </div>
  );
}

/** What the badges mean and how they are told, while no head is open. */
function Legend({ shown }: { readonly shown: Shown }) {
  const counts = shown.scores ? countCharacters(shown.scores) : null;
  return (
    <>
      <section className="inspector-section">
        <p className="small">No head open</p>
        <p className="note">Click a head to enlarge it, or walk the grid with the arrow keys.</p>
      </section>
      <Section title="Badges" aside={counts ? "heads" : shown.model.far ? "not measured" : "being measured"}>
        <ul className="legend-badges">
          {characters.map(({ id, badge, meaning, threshold }) => (
            <li key={id}>
              <i className="badge tok" aria-hidden="true">
                {badge}
              </i>
              <span>
                {meaning}: {threshold} or more
              </span>
              <span className="value">{counts ? (counts.get(id) ?? 0) : ""}</span>
            </li>
          ))}
        </ul>
        <p className="note">
          Measured on this input, as the mean weight that goes where the name says; induction on random tokens that are
          repeated. Attention shows where a head looks, not why the model answers.
        </p>
      </Section>
      <p className="inspector-keys">
        <Kbd>←</Kbd> <Kbd>↑</Kbd> walk <Kbd>Esc</Kbd> close <Kbd>I</Kbd> hide panel
      </p>
    </>
  );
}

export function ModelInspector({ shown }: { readonly shown: Shown }) {
  const open = useApp((state) => state.open);
  return open ? <OpenHead shown={shown} open={open} /> : <Legend shown={shown} />;
}
