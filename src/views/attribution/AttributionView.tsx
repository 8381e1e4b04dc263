import { memo, type UIEvent, useEffect, useMemo, useRef, useState } from "react";
import type { MethodInfo } from "../../explain/attribution";
import { METHOD_IDS, type MethodId } from "../../store/method-ids";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { type Unit, unitAt } from "../../store/units";
import { Segmented } from "../shared/controls";
import { usePalette, useSize } from "../shared/environment";
import { fixed, shareOf } from "../shared/explained";
import { canExplain, useExplain, useExplanation } from "../shared/explaining";
import { MethodForm } from "../shared/MethodForm";
import { gradient, shade } from "../shared/marks";
import { MethodProgress, NoTarget, WaitingForModel } from "../shared/Progress";
import { inkOn } from "../shared/palette";
import { DASHED } from "../shared/shaded";
import { scaleOf, scales, targetWords } from "../shared/target";
import { ViewHeader, ViewTools } from "../shared/ViewFrame";
import { barOf, barScale, placesFor } from "./bars";
import { type AttributionPicture, ends } from "./figure";
import { chosenMethod, costOf, gapOf, leftOutText, pictureOf } from "./picture";

/** Families of methods, as menus name them. */
export const families = {
  attention: "Attention",
  gradient: "Gradients",
  relevance: "Relevance",
  perturbation: "Removal",
  baseline: "Baseline",
} as const;

/** Methods by their family. */
export function MethodPicker({ methods, value }: { readonly methods: readonly MethodInfo[]; readonly value: string }) {
  const { change } = useActions();
  return (
    <div className="field">
      <span className="control-label" aria-hidden="true">
        Method
      </span>
      <select
        aria-label="Method"
        value={value}
        onChange={(event) => {
          const method = METHOD_IDS.find((id) => id === event.target.value);
          if (method) change("attribution", { method: method satisfies MethodId });
        }}
      >
        {Object.entries(families).map(([family, label]) => {
          const own = methods.filter((method) => method.family === family);
          return own.length > 0 ? (
            <optgroup key={family} label={label}>
              {own.map((method) => (
                <option key={method.id} value={method.id}>
                  {method.label}
                </option>
              ))}
            </optgroup>
          ) : null;
        })}
      </select>
    </div>
  );
}

/** Tokens or words, the target's scale, and the seed where a method draws. */
export function CommonFields({ shown, seeded }: { readonly shown: Shown; readonly seeded: boolean }) {
  const unit = useApp((state) => state.unit);
  const seed = useApp((state) => state.seed);
  const { setUnit, setScale, setSeed } = useActions();
  return (
    <>
      <div className="field">
        <span className="control-label" aria-hidden="true">
          Unit
        </span>
        <Segmented
          label="Unit"
          value={unit}
          options={[
            { value: "token", label: "Tokens" },
            { value: "word", label: "Words" },
          ]}
          onChange={setUnit}
        />
      </div>
      <div className="field">
        <span className="control-label" aria-hidden="true">
          Target as
        </span>
        <Segmented
          label="Target as"
          value={scaleOf(shown.result.target)}
          options={scales}
          onChange={(as) => void setScale(as)}
        />
      </div>
      {seeded && (
        <div className="field">
          <span className="control-label" aria-hidden="true">
            Seed
          </span>
          <input
            className="number-input"
            type="number"
            aria-label="Seed"
            min={0}
            max={100000}
            step={1}
            value={seed}
            onChange={(event) => {
              const wanted = Math.round(Number(event.target.value));
              if (Number.isFinite(wanted)) setSeed(Math.min(100_000, Math.max(0, wanted)));
            }}
          />
        </div>
      )}
    </>
  );
}

/** Methods whose values follow from draws. */
const SAMPLED: ReadonlySet<string> = new Set([
  "gradient-shap",
  "shapley-sampling",
  "kernel-shap",
  "partition-shap",
  "lime",
  "random",
]);
export const isSampled = (id: string): boolean => SAMPLED.has(id);

const useLit = () => {
  const hovered = useApp((state) => state.hovered);
  const pinned = useApp((state) => state.pinned);
  return ({ from, to }: Unit): "pin" | "hover" | undefined => {
    const holds = (index: number | undefined) => index !== undefined && index >= from && index < to;
    return holds(pinned?.index) ? "pin" : holds(hovered?.index) ? "hover" : undefined;
  };
};

/** The text, its units shaded. */
function ShadedText({ picture }: { readonly picture: AttributionPicture }) {
  const { units, values, signed, peak } = picture;
  const palette = usePalette();
  const { hover, pin } = useActions();
  const lit = useLit();
  const places = placesFor(values);
  return (
    <fieldset className="shaded" aria-label="Text, shaded by what each token counts">
      {units.map((unit, i) => {
        const share = shareOf(values[i]!, peak);
        const background = shade(palette, signed, share);
        const token = { side: "query", index: unit.from } as const;
        return (
          <button
            key={unit.from}
            type="button"
            className="tok"
            tabIndex={-1}
            data-joined={unit.mark !== "" || undefined}
            data-lit={lit(unit)}
            data-against={(signed && share <= -DASHED) || undefined}
            aria-label={`${unit.label}, position ${unit.from}: ${fixed(values[i]!, signed, places)}`}
            style={{ background, color: inkOn(background) }}
            onPointerEnter={() => hover(token)}
            onPointerLeave={() => hover(null)}
            onClick={() => pin(token)}
          >
            {unit.label}
          </button>
        );
      })}
    </fieldset>
  );
}

const ROW = 22;
const OVERSCAN = 6;

const Bar = memo(function Bar({
  unit,
  value,
  places,
  from,
  width,
  zero,
  y,
  signed,
  lit,
  reachable,
}: {
  readonly unit: Unit;
  readonly value: number;
  readonly places: number;
  readonly from: number;
  readonly width: number;
  readonly zero: number;
  readonly y: number;
  readonly signed: boolean;
  readonly lit: "pin" | "hover" | undefined;
  readonly reachable: boolean;
}) {
  const { hover, pin } = useActions();
  const token = { side: "query", index: unit.from } as const;
  const says = fixed(value, signed, places);
  return (
    <li style={{ transform: `translateY(${y}px)` }}>
      <button
        type="button"
        className="value-bar"
        data-lit={lit}
        tabIndex={reachable ? 0 : -1}
        aria-pressed={lit === "pin"}
        aria-label={`${unit.mark}${unit.label}, position ${unit.from}: ${says}`}
        onPointerEnter={() => hover(token)}
        onPointerLeave={() => hover(null)}
        onFocus={(event) => event.target.matches(":focus-visible") && hover(token)}
        onBlur={() => hover(null)}
        onClick={() => pin(token)}
      >
        <span className="tok" data-special={unit.special || undefined}>
          {unit.mark && <span className="mark">{unit.mark}</span>}
          {unit.label}
        </span>
        <span className="room" aria-hidden="true">
          <i
            data-against={(signed && value < 0) || undefined}
            data-unsigned={!signed || undefined}
            style={{ left: `${100 * from}%`, width: `${100 * width}%` }}
          />
          <i className="zero" style={{ left: `${100 * zero}%` }} />
        </span>
        <span className="value">{says}</span>
      </button>
    </li>
  );
});

/** A bar a unit, in the order of the text. Only rows on screen are in the document. */
function Bars({ picture }: { readonly picture: AttributionPicture }) {
  const { units, values, signed } = picture;
  const pinned = useApp((state) => state.pinned);
  const reached = useApp((state) => state.reached);
  const lit = useLit();
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [scroll, setScroll] = useState(0);
  const scale = useMemo(() => barScale(values), [values]);
  const places = useMemo(() => placesFor(values), [values]);
  const height = size?.height ?? 0;
  const first = Math.max(0, Math.floor(scroll / ROW) - OVERSCAN);
  const last = Math.min(units.length, Math.ceil((scroll + height) / ROW) + OVERSCAN);
  const at = pinned === null ? -1 : unitAt(units, pinned.index);
  const goal = reached ?? pinned;
  const goalRow = goal === null ? -1 : unitAt(units, goal.index);
  useEffect(() => {
    const element = frame.current;
    if (!element || goalRow < 0) return;
    const y = goalRow * ROW;
    if (y < element.scrollTop || y + ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = y - element.clientHeight / 2;
  }, [goalRow]);
  const longest = units.reduce((most, { mark, label }) => Math.max(most, [...(mark + label)].length), 0);
  return (
    <div
      className="value-bars"
      ref={frame}
      style={{ "--label": `${Math.min(18, longest)}ch` } as React.CSSProperties}
      onScroll={(event: UIEvent<HTMLDivElement>) => setScroll(event.currentTarget.scrollTop)}
    >
      <ul aria-label="What each token counts" style={{ height: units.length * ROW }}>
        {units.slice(first, last).map((unit, n) => {
          const i = first + n;
          return (
            <Bar
              key={unit.from}
              unit={unit}
              value={values[i]!}
              places={places}
              {...barOf(scale, values[i]!)}
              zero={scale.zero}
              y={i * ROW}
              signed={signed}
              lit={lit(unit)}
              reachable={i === Math.max(0, at)}
            />
          );
        })}
      </ul>
    </div>
  );
}

/** The scale of the shades, with its words. */
export function ShadeScale({ signed }: { readonly signed: boolean }) {
  const palette = usePalette();
  const [low, high] = ends(signed);
  return (
    <span className="shade-scale">
      {low}
      <i aria-hidden="true" style={{ background: gradient(palette, signed) }}>
        {signed && "– –"}
      </i>
      {high}
    </span>
  );
}

/** The picture that is there, or the last one of this text and method while the next is on its way. */
function usePicture(shown: Shown): { picture: AttributionPicture | null; old: boolean } {
  const unit = useApp((state) => state.unit);
  const pinned = useApp((state) => state.pinned);
  const methods = useApp((state) => state.methods);
  const explanations = useApp((state) => state.explanations);
  const own = useApp((state) => state.own);
  const hideSinks = useApp((state) => state.hideSinks);
  const picture = useMemo(
    () => pictureOf({ unit, pinned, methods, explanations, own, hideSinks }, shown),
    [unit, pinned, methods, explanations, own, hideSinks, shown],
  );
  const last = useRef<{ picture: AttributionPicture; of: string } | null>(null);
  const of = `${shown.model.name} ${own.attribution.method} ${unit}`;
  if (picture) last.current = { picture, of };
  else if (last.current?.of !== of) last.current = null;
  return { picture: picture ?? last.current?.picture ?? null, old: picture === null };
}

function Legend({ shown, picture }: { readonly shown: Shown; readonly picture: AttributionPicture }) {
  const method = useApp(chosenMethod);
  const explanation = useExplanation(method?.id ?? "");
  const unit = useApp((state) => state.unit);
  const hide = useApp((state) => state.hideSinks.attribution);
  if (explanation?.status !== "done") return null;
  const { result } = explanation;
  const gap = gapOf(result);
  return (
    <footer className="view-legend wrapping">
      <ShadeScale signed={picture.signed} />
      {gap && (
        <span data-testid="completeness" data-warn={gap.warning !== null || undefined} title={gap.warning ?? undefined}>
          {gap.text}
          {gap.warning && ` ${gap.warning}`}
        </span>
      )}
      <span className="legend-rest">
        {leftOutText(shown, unit, result.values, hide)} <span data-testid="cost">{costOf(result)}</span>
      </span>
    </footer>
  );
}

/** One method: what each token counts for the answer, as shaded text and as bars. */
export function AttributionView({ shown }: { readonly shown: Shown }) {
  const methods = useApp((state) => state.methods);
  const method = useApp(chosenMethod);
  const stale = useApp((state) => state.stale);
  const unit = useApp((state) => state.unit);
  const explanation = useExplanation(method?.id ?? "");
  useExplain(method ? [method.id] : []);
  const { picture, old } = usePicture(shown);
  if (!canExplain(shown))
    return (
      <>
        <ViewHeader title="Attribution" subtitle="What each token counts for the answer." tools={<ViewTools />} />
        <WaitingForModel what="Attribution" />
      </>
    );
  const settled =
    explanation?.status === "done" || explanation?.status === "failed" || explanation?.status === "stopped";
  return (
    <>
      <ViewHeader
        title="Attribution"
        subtitle={
          !method
            ? "This model has no method."
            : method.family === "attention"
              ? `${method.label}: ${method.measures}`
              : `${method.label}: what each ${unit} counts for ${targetWords(shown)}.`
        }
        tools={<ViewTools />}
      >
        {method && (
          <div className="explain-controls">
            <MethodPicker methods={methods} value={method.id} />
            <MethodForm method={method.id} shown={shown} />
            <CommonFields shown={shown} seeded={isSampled(method.id)} />
          </div>
        )}
      </ViewHeader>
      {shown.result.candidates.length === 0 ? (
        <NoTarget />
      ) : (
        <>
          {explanation && explanation.status !== "done" && (
            <MethodProgress explanation={explanation} label={method?.label ?? ""} />
          )}
          <div
            className="attribution fade"
            data-stale={stale || (old && picture !== null) || undefined}
            aria-busy={stale || !settled}
          >
            {picture && (
              <>
                <ShadedText picture={picture} />
                <Bars picture={picture} />
              </>
            )}
          </div>
          {picture && <Legend shown={shown} picture={picture} />}
        </>
      )}
    </>
  );
}
