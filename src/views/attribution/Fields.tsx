import type { MethodInfo } from "../../explain/attribution";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { Segmented } from "../shared/controls";
import { scaleOf, scales } from "../shared/target";

/** Families of methods, as menus name them. */
export const families = {
  attention: "Attention",
  gradient: "Gradients",
  relevance: "Relevance",
  perturbation: "Removal",
  baseline: "Baseline",
  given: "Came with the trace",
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
        onChange={(event) => change("attribution", { method: event.target.value })}
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
      {!shown.result.encoding.patches && (
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
      )}
      {shown.result.candidates.length > 0 && (
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
      )}
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
export const isSampled = ({ id, family }: MethodInfo): boolean => family !== "given" && SAMPLED.has(id);
