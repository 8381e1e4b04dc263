import { useActions, useApp, useWorkspace } from "../../store/react";
import type { Shown } from "../../store/state";
import { charactersOf, scoresOf } from "../shared/characters";
import { Segmented } from "../shared/controls";
import { usePalette, usePhone } from "../shared/environment";
import { LeaveOutControls } from "../shared/LeaveOut";
import { headColour, headDashed, inkOn } from "../shared/palette";
import { headName, kindLabels } from "./names";
import { expectHead } from "./on-screen";

/** Layers beyond this many are picked from a list. */
const MOST_CELLS = 26;

export function LayerStepper({ shown }: { readonly shown: Shown }) {
  const site = useApp((state) => state.site);
  const phone = usePhone();
  const { setSite, stepLayer } = useActions();
  const here = shown.model.sites.find(({ index }) => index === site) ?? shown.model.sites[0];
  if (!here) return null;
  const sites = shown.model.sites.filter(({ kind }) => kind === here.kind);
  const listed = phone || sites.length > MOST_CELLS;
  return (
    <div className="layers" data-listed={listed || undefined}>
      <div className="control-label">
        Layer
        <button
          type="button"
          className="kbd"
          aria-label="Previous layer"
          disabled={here === sites[0]}
          onClick={() => stepLayer(-1)}
        >
          ←
        </button>
        <button
          type="button"
          className="kbd"
          aria-label="Next layer"
          disabled={here === sites.at(-1)}
          onClick={() => stepLayer(1)}
        >
          →
        </button>
      </div>
      {listed ? (
        <select aria-label="Layer" value={here.index} onChange={(event) => setSite(Number(event.target.value))}>
          {sites.map(({ index, layer }) => (
            <option key={index} value={index}>
              {layer}
            </option>
          ))}
        </select>
      ) : (
        <fieldset className="stepper">
          <legend className="sr-only">Layer</legend>
          {sites.map(({ index, layer }) => (
            <label key={index}>
              <input
                type="radio"
                className="sr-only"
                name="layer"
                aria-label={`Layer ${layer}`}
                checked={index === here.index}
                onChange={() => setSite(index)}
              />
              <span>{layer}</span>
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function Swatches({ shown }: { readonly shown: Shown }) {
  const site = useApp((state) => state.site);
  const heads = useApp((state) => state.heads);
  const palette = usePalette();
  const workspace = useWorkspace();
  const { toggleHead, isolateHead } = useActions();
  const count = shown.model.sites.find(({ index }) => index === site)?.heads ?? 0;
  return (
    <div className="heads">
      <div className="control-label" id="heads-label">
        Heads: click to toggle, double-click for one only
      </div>
      <ul className="swatches" aria-labelledby="heads-label">
        {Array.from({ length: count }, (_, head) => {
          const on = heads.includes(head);
          const colour = headColour(palette, head);
          const dashed = headDashed(palette, head);
          const scores = scoresOf(shown.scores, site, head);
          const character = scores && charactersOf(scores)[0];
          return (
            <li key={`${site} ${head.toString()}`}>
              <button
                type="button"
                className="swatch"
                aria-pressed={on}
                aria-label={`Head ${head}${character ? `, ${character.label}` : ""}`}
                title={character ? `Head ${headName(shown, site, head)} ${character.meaning}` : undefined}
                data-dashed={dashed || undefined}
                style={
                  on
                    ? { background: colour, borderColor: dashed ? inkOn(colour) : colour, color: inkOn(colour) }
                    : { borderColor: colour }
                }
                onPointerEnter={() => void expectHead(workspace, head)}
                onClick={(event) => (event.shiftKey ? isolateHead(head) : toggleHead(head))}
                onDoubleClick={() => isolateHead(head)}
              >
                {head}
              </button>
              <span className="caption" aria-hidden="true">
                {character?.caption}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Which layer, which heads, and what is left out. */
export function HeadsControls({ shown }: { readonly shown: Shown }) {
  const site = useApp((state) => state.site);
  const phone = usePhone();
  const { setSite } = useActions();
  const kinds = [...new Set(shown.model.sites.map(({ kind }) => kind))];
  const kind = shown.model.sites.find(({ index }) => index === site)?.kind ?? kinds[0];
  return (
    <div className="heads-controls">
      {kinds.length > 1 && kind && (
        <div className="kinds">
          <div className="control-label">Attention</div>
          <Segmented
            label="Kind of attention"
            value={kind}
            options={kinds.map((value) => ({ value, label: kindLabels[value] }))}
            onChange={(value) => setSite(shown.model.sites.find((of) => of.kind === value)?.index ?? site)}
          />
        </div>
      )}
      <LayerStepper shown={shown} />
      <Swatches shown={shown} />
      {!phone && <LeaveOutControls shown={shown} view="heads" of={["texts", "words", "sinks"]} />}
    </div>
  );
}
