import { useMemo, useState } from "react";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { ShadeScale } from "../attribution/TokenValues";
import { LayerStepper } from "../heads/HeadsControls";
import { ReaderLine, useReader } from "../heads/OverImage";
import { planFor } from "../heads/on-screen";
import { Segmented, Switch } from "../shared/controls";
import { DrawnAs } from "../shared/DrawnAs";
import { usePhone } from "../shared/environment";
import { canExplain, useExplain, useExplanation } from "../shared/explaining";
import { LeaveOutControls } from "../shared/LeaveOut";
import { MethodForm } from "../shared/MethodForm";
import { PatchTiles } from "../shared/PatchTiles";
import { MethodProgress } from "../shared/Progress";
import { type Patched, patchedOf } from "../shared/patches";
import { ViewHeader, ViewTools } from "../shared/ViewFrame";
import { type Cell, rowOf } from "./draw";
import { MapCanvas } from "./MapCanvas";
import { unitsIn } from "./maps";
import { isOver, madeOf, tilesOf } from "./over";
import { fromOf, methodNames, type RolloutPicture, useRollout, WINDOW } from "./picture";

/** The parameters that shape the map; others only shape values by token. */
const FIELDS = {
  rollout: ["fusion", "discard", "residual", "layer"],
  "attention-flow": ["fusion", "residual", "rows"],
  chefer: [],
} as const;

const choices = Object.entries(methodNames).map(([value, label]) => ({
  value: value as keyof typeof methodNames,
  label: label.replace("Attention flow", "Flow").replace(" relevance", ""),
  title: label,
}));

/** Draws a part of a long text large, and moves along it. */
function Window({ shown }: { readonly shown: Shown }) {
  const site = useApp((state) => state.site);
  const mergeWords = useApp((state) => state.mergeWords);
  const hideSinks = useApp((state) => state.hideSinks.rollout);
  const pinned = useApp((state) => state.pinned);
  const own = useApp((state) => state.own);
  const { change } = useActions();
  const plan = planFor(shown, site, { mergeWords, hideSinks, filter: "all" });
  const last = plan.queries.length - WINDOW;
  if (last <= 0) return null;
  const from = fromOf({ own }, plan);
  const start = Math.min(last, Math.max(0, (pinned?.index ?? WINDOW / 2) - WINDOW / 2));
  return (
    <div className="map-window">
      <Switch
        label="Zoom"
        on={from !== null}
        keyName="Z"
        onChange={() => change("rollout", { from: from === null ? start : null })}
      />
      {from !== null && (
        <label>
          <span>
            rows {from} to {from + WINDOW - 1} of {plan.queries.length}
          </span>
          <input
            type="range"
            aria-label="First row and column"
            min={0}
            max={last}
            value={from}
            onChange={(event) => change("rollout", { from: Number(event.target.value) })}
          />
        </label>
      )}
    </div>
  );
}

function Controls({ shown, over }: { readonly shown: Shown; readonly over: boolean }) {
  const method = useApp((state) => state.own.rollout.method);
  const phone = usePhone();
  const { change } = useActions();
  return (
    <div className="explain-controls">
      <div className="field">
        <span className="control-label" aria-hidden="true">
          Followed by
        </span>
        <Segmented
          label="Method"
          value={method}
          options={choices}
          onChange={(value) => change("rollout", { method: value })}
        />
      </div>
      <MethodForm method={method} shown={shown} only={FIELDS[method]} />
      <LayerStepper shown={shown} />
      {!over && <Window shown={shown} />}
      {!phone && <LeaveOutControls shown={shown} view="rollout" of={["words", "sinks"]} />}
    </div>
  );
}

/** What a cell holds in both maps. */
function Told({
  picture,
  row,
  column,
}: {
  readonly picture: RolloutPicture;
  readonly row: number;
  readonly column: number;
}) {
  const { plan, raw, flow, names } = picture;
  const { queries, keys } = unitsIn(plan);
  const [query, key] = [queries[row], keys[column]];
  if (!query || !key) return null;
  const value = (map: RolloutPicture["raw"]) => map.reading.weights[row * map.reading.columns + column]!;
  const number = (of: number): string => (Number.isNaN(of) ? "not worked out" : of.toFixed(4));
  return (
    <>
      <b className="tok">{query.label}</b> {query.from} from <b className="tok">{key.label}</b> {key.from}:{" "}
      {plan.left[plan.keys[column]!] ? (
        "left out as a sink"
      ) : plan.causal && key.from > query.from ? (
        "hidden, it comes later"
      ) : (
        <>
          raw <b>{number(value(raw))}</b>
          {flow && (
            <>
              , {names.flow.toLowerCase()} <b>{number(value(flow))}</b>
            </>
          )}
        </>
      )}
    </>
  );
}

/** What was done to rows before they were drawn. */
function leftOutSentence({ leaves, rescales, names, plan }: RolloutPicture): string {
  const parts: string[] = [];
  if (leaves)
    parts.push(
      rescales
        ? "Sinks are left out, and rows rescaled to what is left."
        : `Sinks are left out; rows of raw attention are rescaled, those of ${names.flow} keep their scale.`,
    );
  if (!rescales) parts.push("The 1 of itself that each token starts with is taken off.");
  if (plan.keys.length < plan.units.length) parts.push("Columns outside this part of the text are not drawn.");
  return parts.join(" ");
}

/** Why the second map isn't there. */
function Missing({ shown }: { readonly shown: Shown }) {
  const method = useApp((state) => state.own.rollout.method);
  const explanation = useExplanation(method);
  const known = useApp((state) => state.methods.some(({ id }) => id === method));
  if (!canExplain(shown))
    return <p className="map-missing">{methodNames[method]} needs the model, which is on its way.</p>;
  if (!known)
    return <p className="map-missing">{methodNames[method]} needs a model that runs here: this is a trace.</p>;
  if (method === "chefer" && shown.result.candidates.length === 0)
    return <p className="map-missing">Chefer relevance asks for a target, and this model gives no answer.</p>;
  return explanation ? <MethodProgress explanation={explanation} label={methodNames[method]} /> : null;
}

/** A row of both maps over the image. */
function RolloutOverImage({ picture, of }: { readonly picture: RolloutPicture; readonly of: Patched }) {
  const reader = useReader(picture);
  const row = reader ? rowOf(picture.plan, { ...reader.token, side: "query" }) : null;
  const tiles = useMemo(() => (row === null ? [] : tilesOf(of, picture, row)), [of, picture, row]);
  if (!reader || row === null) return null;
  return (
    <div className="over-image">
      <ReaderLine words={madeOf(reader)} />
      <PatchTiles of={of} tiles={tiles} about={madeOf(reader)} />
    </div>
  );
}

/** Raw attention of a layer beside where attention leads through all of them. */
export function RolloutView({ shown }: { readonly shown: Shown }) {
  const { picture, waiting } = useRollout();
  const method = useApp((state) => state.own.rollout.method);
  const stale = useApp((state) => state.stale);
  const explanation = useExplanation(method);
  const [cell, setCell] = useState<Cell | null>(null);
  const patched = useMemo(() => patchedOf(shown), [shown]);
  const over = useApp((state) => isOver(shown, state.own));
  useExplain([method], method === "chefer");
  const told = (at: { row: number; column: number }) => picture && <Told picture={picture} {...at} />;
  const dated = explanation !== undefined && explanation.status !== "done" && picture?.flow != null;
  return (
    <>
      <ViewHeader
        title="Rollout"
        subtitle="Row by row, what a token is made of: by one layer's attention, and by attention followed through the layers."
        tools={
          <>
            {patched && <DrawnAs otherwise="Matrices" />}
            <ViewTools />
          </>
        }
      >
        <Controls shown={shown} over={over} />
      </ViewHeader>
      <section
        className="maps fade"
        aria-label="Maps"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard
        tabIndex={0}
        data-stale={stale || undefined}
        aria-busy={stale || waiting || dated}
      >
        {picture && over && patched && <RolloutOverImage picture={picture} of={patched} />}
        {picture && over && !picture.flow && <Missing shown={shown} />}
        {picture && !over && (
          <>
            <MapCanvas
              title={picture.names.raw}
              about={picture.names.rawAbout}
              plan={picture.plan}
              map={picture.raw}
              cell={cell}
              onCell={setCell}
              told={told}
              missing={null}
            />
            <MapCanvas
              title={methodNames[method]}
              about={picture.flow ? picture.names.flowAbout : ""}
              plan={picture.plan}
              map={picture.flow}
              cell={cell}
              onCell={setCell}
              told={told}
              missing={<Missing shown={shown} />}
            />
          </>
        )}
      </section>
      <footer className="view-legend">
        {over ? (
          <ShadeScale signed={false} words={["0", "most of each map"]} />
        ) : (
          <span>A row is a token, its columns what it takes from</span>
        )}
        <span className="legend-rest" data-testid="left-out">
          {picture && leftOutSentence(picture)}
        </span>
      </footer>
    </>
  );
}
