import { useMemo, useRef } from "react";
import { useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { canExplain, isAnswered, useExplain, useExplanation } from "../shared/explaining";
import { MethodForm } from "../shared/MethodForm";
import { nounOf } from "../shared/noun";
import { PatchTiles } from "../shared/PatchTiles";
import { MethodProgress, NoTarget, WaitingForModel } from "../shared/Progress";
import { type Patched, patchedOf } from "../shared/patches";
import { targetWords } from "../shared/target";
import { ViewHeader, ViewTools } from "../shared/ViewFrame";
import { CommonFields, isSampled, MethodPicker } from "./Fields";
import type { AttributionPicture } from "./figure";
import { bySize, mapTile } from "./over";
import { chosenMethod, costOf, gapOf, leftOutText, pictureOf } from "./picture";
import { Bars, ShadedText, ShadeScale } from "./TokenValues";

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

/** What each patch counts, over the image and as bars. */
function OverImage({ picture, of }: { readonly picture: AttributionPicture; readonly of: Patched }) {
  const tiles = useMemo(() => [mapTile(picture, of)], [picture, of]);
  const listed = useMemo(() => bySize(picture), [picture]);
  return (
    <>
      <PatchTiles of={of} tiles={tiles} about={`What each patch counts for ${picture.target}`} />
      <section className="largest-first" aria-label="Patches by what they count">
        <p className="small">Largest first</p>
        <Bars picture={listed} />
      </section>
    </>
  );
}

/** One method: what each token counts for the answer, as shaded text and as bars. */
export function AttributionView({ shown }: { readonly shown: Shown }) {
  const methods = useApp((state) => state.methods);
  const method = useApp(chosenMethod);
  const stale = useApp((state) => state.stale);
  const unit = useApp((state) => state.unit);
  const explanation = useExplanation(method?.id ?? "");
  const asks = method !== undefined && !method.targetless;
  useExplain(method ? [method.id] : [], asks);
  const { picture, old } = usePicture(shown);
  const patched = useMemo(() => patchedOf(shown), [shown]);
  const noun = nounOf(shown, unit).one;
  if (!canExplain(shown))
    return (
      <>
        <ViewHeader title="Attribution" subtitle={`What each ${noun} counts for the answer.`} tools={<ViewTools />} />
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
            : method.targetless
              ? `${method.label}: ${method.measures}`
              : `${method.label}: what each ${noun} counts for ${targetWords(shown)}.`
        }
        tools={<ViewTools />}
      >
        {method && (
          <div className="explain-controls">
            <MethodPicker methods={methods} value={method.id} />
            <MethodForm method={method.id} shown={shown} />
            <CommonFields shown={shown} seeded={isSampled(method)} />
          </div>
        )}
      </ViewHeader>
      {asks && !isAnswered(shown) ? (
        <NoTarget />
      ) : (
        <>
          {explanation && explanation.status !== "done" && (
            <MethodProgress explanation={explanation} label={method?.label ?? ""} />
          )}
          <div
            className="attribution fade"
            data-image={patched !== null || undefined}
            data-stale={stale || (old && picture !== null) || undefined}
            aria-busy={stale || !settled}
          >
            {picture &&
              (patched ? (
                <OverImage picture={picture} of={patched} />
              ) : (
                <>
                  <ShadedText picture={picture} />
                  <Bars picture={picture} />
                </>
              ))}
          </div>
          {picture && <Legend shown={shown} picture={picture} />}
        </>
      )}
    </>
  );
}
