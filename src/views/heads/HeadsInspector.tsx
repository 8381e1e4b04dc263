import type { ReactNode } from "react";
import { useActions, useApp } from "../../store/react";
import type { Shown, Side } from "../../store/state";
import { unitAt } from "../../store/units";
import { charactersOf, metersOf, scoresOf } from "../shared/characters";
import { Kbd, Meter, StrengthRow } from "../shared/controls";
import { usePalette } from "../shared/environment";
import { icons } from "../shared/icons";
import { top } from "../shared/lines";
import { headColour } from "../shared/palette";
import { linksOf, type RowRef, rowOf } from "./draw";
import { headName, layerOf, plural } from "./names";
import { causalAt, column, type Picture, tokensOf, usePicture } from "./on-screen";

const SHOWN = 5;

export const Section = ({
  title,
  aside,
  children,
}: {
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) => (
  <section className="inspector-section">
    <div className="section-title">
      <h2>{title}</h2>
      {aside && <span>{aside}</span>}
    </div>
    {children}
  </section>
);

/** The strongest links of a row: tokens of the other column, with values. */
export function Strongest({
  picture,
  row,
  count = SHOWN,
}: {
  readonly picture: Pick<Picture, "plan" | "heads">;
  readonly row: RowRef;
  readonly count?: number;
}) {
  const { hover, pin } = useActions();
  const hovered = useApp((state) => state.hovered);
  const other: Side = row.side === "query" ? "key" : "query";
  const units = column(picture.plan, other);
  const best = top(linksOf(picture.heads, row), count);
  const full = best[0]?.value ?? 0;
  if (best.length === 0) return <p className="note">Nothing: all of it is left out.</p>;
  return (
    <ul className="strengths">
      {best.map(({ index, value }, rank) => {
        const unit = units[index]!;
        const token = { side: other, index: unit.from };
        return (
          <StrengthRow
            key={rank.toString()}
            mark={unit.mark}
            label={unit.label}
            value={value}
            full={full}
            title={`position ${unit.from}: ${value.toFixed(4)}`}
            lit={hovered !== null && hovered.index >= unit.from && hovered.index < unit.to}
            onHover={(on) => hover(on ? token : null)}
            onPick={() => pin({ side: row.side, index: unit.from })}
          />
        );
      })}
    </ul>
  );
}

function HeadCharacter({ shown, site, head }: { readonly shown: Shown; readonly site: number; readonly head: number }) {
  const palette = usePalette();
  const scores = scoresOf(shown.scores, site, head);
  const causal = causalAt(shown, site);
  const found = scores ? charactersOf(scores) : [];
  return (
    <Section
      title={
        <>
          <i className="head-dot" style={{ background: headColour(palette, head) }} aria-hidden="true" />
          Head {headName(shown, site, head)}
        </>
      }
      aside={
        scores
          ? found.map(({ label }) => label).join(", ") || "no simple pattern"
          : shown.model.far
            ? "not measured"
            : "being measured"
      }
    >
      {scores && (
        <>
          <ul className="meters">
            {metersOf(scores, causal).map((meter) => (
              <Meter key={meter.label} {...meter} />
            ))}
          </ul>
          <p className="note">
            Entropy in bits; an even spread over {tokensOf(shown)} tokens would be {scores.evenEntropy.toFixed(2)}.
            {scores.induction === null && " Induction needs a causal model."}
          </p>
        </>
      )}
    </Section>
  );
}

/** What is pinned (or hovered while nothing is): whom it attends to, who attends to it, and what the head is like. */
export function HeadsInspector({ shown }: { readonly shown: Shown }) {
  const { picture } = usePicture();
  const pinned = useApp((state) => state.pinned);
  const hovered = useApp((state) => state.hovered);
  const hideSinks = useApp((state) => state.hideSinks.heads);
  const head = useApp((state) => state.head);
  const heads = useApp((state) => state.heads);
  const { pin } = useActions();
  const token = pinned ?? hovered;
  const unit = picture && token && picture.plan.units[unitAt(picture.plan.units, token.index)];
  const from = picture && token && rowOf(picture.plan, { side: "query", index: token.index });
  const to = picture && token && rowOf(picture.plan, { side: "key", index: token.index });
  const about =
    picture &&
    `layer ${layerOf(picture.shown, picture.site)}, ${plural(heads.length, "head")}${heads.length > 1 ? ", mean" : ""}`;
  return (
    <>
      <section className="inspector-section">
        <p className="small">
          {unit ? `${pinned ? "Pinned token" : "Token"}, position ${unit.from}` : "No token pinned"}
        </p>
        {unit ? (
          <div className="pinned-token">
            <span className="tok pill" data-pinned={pinned !== null || undefined}>
              {unit.mark}
              {unit.label}
            </span>
            {pinned && (
              <button type="button" className="ghost icon" aria-label="Unpin" onClick={() => pin(pinned)}>
                {icons.close}
              </button>
            )}
          </div>
        ) : (
          <p className="note">Hover a token to read it here. Click it, or press P, to keep it.</p>
        )}
      </section>
      {picture && from && (
        <Section title="Attends to" aside={about}>
          <Strongest picture={picture} row={from} />
        </Section>
      )}
      {picture && to && (
        <Section title="Attended by" aside={hideSinks ? "sinks left out" : about}>
          <Strongest picture={picture} row={to} />
        </Section>
      )}
      {picture && <HeadCharacter shown={shown} site={picture.site} head={heads.includes(head) ? head : heads[0]!} />}
      <p className="inspector-keys">
        <Kbd>P</Kbd> pin <Kbd>Esc</Kbd> unpin <Kbd>I</Kbd> hide panel
      </p>
    </>
  );
}
