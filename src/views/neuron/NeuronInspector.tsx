import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { spell } from "../../store/units";
import { Section } from "../heads/HeadsInspector";
import { headName } from "../heads/names";
import { Kbd, StrengthRow } from "../shared/controls";
import { usePalette } from "../shared/environment";
import { icons } from "../shared/icons";
import { number, type Picture, signed, why } from "./draw";
import { type Meeting, productsOf, tells } from "./meeting";
import { headAt, keyOf, useNeuron } from "./on-screen";

const SHOWN = 8;
const STRONGEST = 5;

const Name = ({ picture, index }: { readonly picture: Picture; readonly index: number }) => {
  const { mark, label } = spell(picture.tokens[index]!);
  return (
    <span className="tok">
      {mark}
      {label}
    </span>
  );
};

const restName = (parts: Picture["slice"]["parts"]): string =>
  parts.includes("bias") || parts.includes("mask") ? "position bias and mask" : parts.join(", ") || "rest";

/** From the products to the weight, a step a line. */
function Sum({ picture, meeting }: { readonly picture: Picture; readonly meeting: Meeting }) {
  const { scale, cap, parts, before, width } = picture.slice;
  const scaled = Math.abs(scale - 1) > 1e-6;
  const early = before.q * before.k;
  if (meeting.masked) return <p className="note">This key is {why(picture, meeting.key)}.</p>;
  const lines: readonly (readonly [string, string])[] = [
    [`q·k, the sum of ${width} products`, number(meeting.dot)],
    ...(scaled ? [[`× ${Number(scale.toPrecision(4))}`, number(meeting.dot * scale)] as const] : []),
    ...(cap === null ? [] : [[`capped softly at ±${Number(cap.toPrecision(3))}`, number(meeting.score)] as const]),
    ...(tells(meeting) ? [[`+ ${restName(parts)}`, signed(meeting.rest)] as const] : []),
    ["= logit", number(meeting.logit)],
    ["softmax over the row", meeting.weight.toFixed(4)],
  ];
  return (
    <>
      <dl className="sum">
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {Math.abs(early - 1) > 1e-6 && (
        <p className="note">
          Queries and keys come scaled here: together by {Number(early.toPrecision(4))}
          {Math.abs(early * Math.sqrt(width) - 1) < 1e-3 && `, which is 1/√${width}`}, before they meet.
        </p>
      )}
    </>
  );
}

/** The dimensions that speak loudest for or against a key. */
function Dimensions({ picture, meeting }: { readonly picture: Picture; readonly meeting: Meeting }) {
  const palette = usePalette();
  const { slice, query } = picture;
  const { width, queries, keys } = slice;
  const products = productsOf(slice, query, meeting.key);
  const order = Array.from(products.keys()).sort((a, b) => Math.abs(products[b]!) - Math.abs(products[a]!));
  const most = Math.abs(products[order[0]!]!) || 1;
  const up = products.reduce((count, product) => count + Number(product > 0), 0);
  return (
    <Section title="Strongest dimensions" aside={`${up} of ${width} raise it`}>
      <table className="dimensions">
        <thead>
          <tr>
            <th scope="col">dim</th>
            <th scope="col">q</th>
            <th scope="col">k</th>
            <th scope="col" colSpan={2}>
              q × k
            </th>
          </tr>
        </thead>
        <tbody>
          {order.slice(0, SHOWN).map((c) => {
            const product = products[c]!;
            return (
              <tr key={c}>
                <th scope="row">{c}</th>
                <td>{number(queries[query * width + c]!)}</td>
                <td>{number(keys[meeting.key * width + c]!)}</td>
                <td>{signed(product)}</td>
                <td aria-hidden="true">
                  <i
                    style={{
                      width: `${(50 * Math.abs(product)) / most}%`,
                      marginLeft: product < 0 ? `${50 - (50 * -product) / most}%` : "50%",
                      background: product < 0 ? palette.against : palette.for,
                    }}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}

/** The query, its meeting with one key spelled out, and the keys that it looks at most. */
export function NeuronInspector({ shown }: { readonly shown: Shown }) {
  const { picture, reason } = useNeuron();
  const pinned = useApp((state) => state.pinned);
  const hovered = useApp((state) => state.hovered);
  const own = useApp((state) => state.own);
  const site = useApp((state) => state.site);
  const head = useApp((state) => headAt(shown, site, state.head));
  const { pin, hover, change } = useActions();
  if (!picture)
    return (
      <section className="inspector-section">
        <p className="note">{reason ?? "Queries and keys are on their way."}</p>
      </section>
    );
  const key = keyOf(picture, { hovered, own });
  const meeting = picture.all[key]!;
  const best = [...picture.meetings].filter(({ masked }) => !masked).sort((a, b) => b.weight - a.weight);
  return (
    <>
      <section className="inspector-section">
        <p className="small">
          {pinned ? "Pinned query" : hovered?.side === "query" ? "Query" : "A telling query"}, position {picture.query},
          head {headName(shown, site, head)}
        </p>
        <div className="pinned-token">
          <span className="tok pill" data-pinned={pinned !== null || undefined}>
            {spell(picture.tokens[picture.query]!).label}
          </span>
          {pinned && (
            <button type="button" className="ghost icon" aria-label="Unpin" onClick={() => pin(pinned)}>
              {icons.close}
            </button>
          )}
        </div>
      </section>
      <Section
        title={
          <>
            With <Name picture={picture} index={key} />
          </>
        }
        aside={`key at ${key}${own.neuron.key === key ? ", chosen" : ""}`}
      >
        <Sum picture={picture} meeting={meeting} />
      </Section>
      {!meeting.masked && <Dimensions picture={picture} meeting={meeting} />}
      <Section title="Looks most at" aside="softmax of the row">
        <ul className="strengths">
          {best.slice(0, STRONGEST).map(({ key: index, weight }) => {
            const { mark, label } = spell(picture.tokens[index]!);
            return (
              <StrengthRow
                key={index}
                mark={mark}
                label={label}
                value={weight}
                full={best[0]?.weight ?? 0}
                title={`position ${index}: ${weight.toFixed(4)}`}
                lit={hovered?.index === index}
                onHover={(on) => hover(on ? { side: "key", index } : null)}
                onPick={() => change("neuron", { key: own.neuron.key === index ? null : index })}
              />
            );
          })}
        </ul>
      </Section>
      <p className="inspector-keys">
        <Kbd>P</Kbd> pin <Kbd>,</Kbd> <Kbd>.</Kbd> head <Kbd>Esc</Kbd> unpin
      </p>
    </>
  );
}

/** The query and what it looks at most, in one line. */
export function NeuronSummary() {
  const { picture, reason } = useNeuron();
  if (reason || !picture) return <p className="small">{reason ?? "Queries and keys are on their way."}</p>;
  const best = [...picture.meetings].sort((a, b) => b.weight - a.weight).slice(0, 3);
  return (
    <>
      <p className="sheet-line">
        <span className="tok pill" data-pinned>
          {spell(picture.tokens[picture.query]!).label}
        </span>
        <span>meets</span>
        <span className="tok sheet-top">
          {best
            .map(({ key, weight }) => `${spell(picture.tokens[key]!).label} ${weight.toFixed(2).replace(/^0/, "")}`)
            .join("  ")}
        </span>
      </p>
      <p className="small">Tap a token for its query, a row for what it is made of.</p>
    </>
  );
}
