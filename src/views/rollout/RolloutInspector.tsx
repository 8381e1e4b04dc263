import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { Section } from "../heads/HeadsInspector";
import { Kbd, StrengthRow } from "../shared/controls";
import { fixed } from "../shared/explained";
import { icons } from "../shared/icons";
import { rowOf } from "./draw";
import { type DrawnMap, differences, rowAt, sources, unitsIn } from "./maps";
import { methodNames, type RolloutPicture, useRollout } from "./picture";

const SHOWN = 5;
const APART = 6;

function Sources({
  picture,
  map,
  row,
}: {
  readonly picture: RolloutPicture;
  readonly map: DrawnMap;
  readonly row: number;
}) {
  const { hover, pin } = useActions();
  const hovered = useApp((state) => state.hovered);
  const values = rowAt(map, row);
  if (!values) return <p className="note">This row was not worked out. Choose Rows: all.</p>;
  const { keys } = unitsIn(picture.plan);
  const best = sources(values, SHOWN);
  if (best.length === 0) return <p className="note">Nothing: all of it is left out.</p>;
  return (
    <ul className="strengths">
      {best.map(({ index, value }) => {
        const unit = keys[index]!;
        return (
          <StrengthRow
            key={unit.from}
            mark={unit.mark}
            label={unit.label}
            value={value}
            full={best[0]!.value}
            title={`position ${unit.from}: ${value.toFixed(4)}`}
            lit={hovered !== null && hovered.index >= unit.from && hovered.index < unit.to}
            onHover={(on) => hover(on ? { side: "query", index: unit.from } : null)}
            onPick={() => pin({ side: "query", index: unit.from })}
          />
        );
      })}
    </ul>
  );
}

/** Where the two rows part, each as shares of what it holds. */
function Apart({ picture, row }: { readonly picture: RolloutPicture; readonly row: number }) {
  const [flow, raw] = [picture.flow && rowAt(picture.flow, row), rowAt(picture.raw, row)];
  if (!flow || !raw) return null;
  const { keys } = unitsIn(picture.plan);
  return (
    <Section title="Where they part" aside="share of the row">
      <dl className="sum apart">
        {differences(flow, raw, APART).map(({ index, value }) => (
          <div key={keys[index]!.from}>
            <dt className="tok">
              {keys[index]!.mark}
              {keys[index]!.label}
            </dt>
            <dd data-less={value < 0 || undefined}>{fixed(value, true)}</dd>
          </div>
        ))}
      </dl>
      <p className="note">+ is more in {picture.names.flow.toLowerCase()} than in the layer's own attention.</p>
    </Section>
  );
}

/** The pinned row in both maps, and where they part. */
export function RolloutInspector({ shown }: { readonly shown: Shown }) {
  const { picture } = useRollout();
  const pinned = useApp((state) => state.pinned);
  const hovered = useApp((state) => state.hovered);
  const method = useApp((state) => state.own.rollout.method);
  const info = useApp((state) => state.methods.find(({ id }) => id === method));
  const { pin } = useActions();
  const token = pinned ?? hovered;
  const row = picture && rowOf(picture.plan, token);
  const unit = picture && row !== null ? unitsIn(picture.plan).queries[row] : undefined;
  return (
    <>
      <section className="inspector-section">
        <p className="small">{unit ? `${pinned ? "Pinned row" : "Row"}, position ${unit.from}` : "No row pinned"}</p>
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
          <p className="note">
            {token
              ? "This token is outside the part that is drawn."
              : `Hover a row to read what it is made of, of ${shown.result.encoding.ids.length} tokens. Click it, or press P, to keep it.`}
          </p>
        )}
      </section>
      {picture && row !== null && picture.flow && (
        <Section title={`${methodNames[method]}: sources`} aside={picture.names.flowAbout.split(",")[0]}>
          <Sources picture={picture} map={picture.flow} row={row} />
        </Section>
      )}
      {picture && row !== null && (
        <Section title="It attends to" aside={picture.names.rawAbout}>
          <Sources picture={picture} map={picture.raw} row={row} />
        </Section>
      )}
      {picture && row !== null && <Apart picture={picture} row={row} />}
      {info && (
        <Section title={info.label} aside={info.cost}>
          <p className="note">{info.measures}</p>
          <p className="note">But: {info.weakness}</p>
        </Section>
      )}
      <p className="inspector-keys">
        <Kbd>P</Kbd> pin <Kbd>Esc</Kbd> unpin <Kbd>I</Kbd> hide panel
      </p>
    </>
  );
}

/** What the pinned row is made of, in one line. */
export function RolloutSummary() {
  const { picture } = useRollout();
  const token = useApp((state) => state.pinned ?? state.hovered);
  const row = picture && rowOf(picture.plan, token);
  const map = picture && (picture.flow ?? picture.raw);
  const values = map && row !== null ? rowAt(map, row) : null;
  if (!picture || row === null || !values) return <p className="small">Tap a row to read what it is made of.</p>;
  const { queries, keys } = unitsIn(picture.plan);
  return (
    <p className="sheet-line">
      <span className="tok pill" data-pinned>
        {queries[row]!.label}
      </span>
      <span>is made of</span>
      <span className="tok sheet-top">
        {sources(values, 3)
          .map(({ index, value }) => `${keys[index]!.label} ${value.toFixed(2).replace(/^0/, "")}`)
          .join("  ")}
      </span>
    </p>
  );
}
