import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { isSink, unitsOf } from "../../store/units";
import { LayerStepper } from "../heads/HeadsControls";
import { kindLabels } from "../heads/names";
import { causalAt } from "../heads/on-screen";
import { charactersOf, scoresOf } from "../shared/characters";
import { Segmented, Switch } from "../shared/controls";
import { usePhone } from "../shared/environment";
import { LeaveOutControls } from "../shared/LeaveOut";
import { SignedScale } from "../shared/SignedScale";
import { ViewHeader, ViewTools } from "../shared/ViewFrame";
import { number, type Picture, percent } from "./draw";
import { offBy, unheld } from "./meeting";
import { NeuronPlot } from "./NeuronPlot";
import { headAt, useNeuron } from "./on-screen";

function HeadPicker({ shown }: { readonly shown: Shown }) {
  const site = useApp((state) => state.site);
  const head = useApp((state) => headAt(shown, site, state.head));
  const { describeHead } = useActions();
  const count = shown.model.sites.find(({ index }) => index === site)?.heads ?? 1;
  const characterOf = (each: number) => {
    const scores = scoresOf(shown.scores, site, each);
    return scores && charactersOf(scores)[0]?.label;
  };
  const name = (each: number): string => [`Head ${each}`, characterOf(each)].filter(Boolean).join(", ");
  const listed = usePhone() || count > 16;
  return (
    <div className="layers" data-listed={listed || undefined}>
      <div className="control-label">
        Head
        <span className="quiet">{characterOf(head) ?? ""}</span>
      </div>
      {listed ? (
        <select aria-label="Head" value={head} onChange={(event) => describeHead(Number(event.target.value))}>
          {Array.from({ length: count }, (_, each) => (
            <option key={each.toString()} value={each}>
              {each}
            </option>
          ))}
        </select>
      ) : (
        <fieldset className="stepper">
          <legend className="sr-only">Head</legend>
          {Array.from({ length: count }, (_, each) => (
            <label key={each.toString()} title={name(each)}>
              <input
                type="radio"
                className="sr-only"
                name="neuron-head"
                aria-label={name(each)}
                checked={each === head}
                onChange={() => describeHead(each)}
              />
              <span>{each}</span>
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function Controls({ shown }: { readonly shown: Shown }) {
  const { dimensions, keys, vectors } = useApp((state) => state.own.neuron);
  const site = useApp((state) => state.site);
  const phone = usePhone();
  const { change, setSite } = useActions();
  const kinds = [...new Set(shown.model.sites.map(({ kind }) => kind))];
  const kind = shown.model.sites.find(({ index }) => index === site)?.kind ?? kinds[0];
  return (
    <div className="heads-controls neuron-controls">
      {kinds.length > 1 && kind && (
        <div>
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
      <HeadPicker shown={shown} />
      <div>
        <div className="control-label">Dimensions</div>
        <Segmented
          label="Order of dimensions"
          value={dimensions}
          options={[
            { value: "model", label: "As in the model" },
            { value: "contribution", label: "Strongest first" },
          ]}
          onChange={(value) => change("neuron", { dimensions: value })}
        />
      </div>
      <div>
        <div className="control-label">Keys</div>
        <Segmented
          label="Order of keys"
          value={keys}
          options={[
            { value: "text", label: shown.result.encoding.patches ? "As in the image" : "As in the text" },
            { value: "weight", label: "Strongest first" },
          ]}
          onChange={(value) => change("neuron", { keys: value })}
        />
      </div>
      {!phone && (
        <div className="switches">
          <Switch
            label="Keys' vectors"
            on={vectors}
            keyName="V"
            onChange={() => change("neuron", { vectors: !vectors })}
          />
          <LeaveOutControls shown={shown} view="neuron" of={["sinks"]} />
        </div>
      )}
    </div>
  );
}

const UNSEEN = 1e-6;

/** What a row adds up to, what is left out of it, and that its softmax was checked. */
function rowSentence(picture: Picture, sinksHidden: boolean): string {
  const { slice, query, meetings, all } = picture;
  const drawn = meetings.reduce((sum, { weight }) => sum + weight, 0);
  const none = unheld(slice, query);
  const parts = [`Softmax of these logits is the model's attention to within ${exponent(offBy(slice, query))}.`];
  if (sinksHidden && meetings.length < all.length)
    parts.unshift(
      `${percent(Math.max(0, 1 - none - drawn))} of the row is held by sinks that are left out; numbers stay the model's.`,
    );
  if (none > 1e-4)
    parts.unshift(`${percent(none)} of the row is given to no token: the model's softmax has one more term.`);
  return parts.join(" ");
}

const exponent = (value: number): string => (value < UNSEEN ? "0.000001" : value.toPrecision(1));

/** One query of one head against every key: what the dot product is made of, and what softmax makes of it. */
export function NeuronView({ shown }: { readonly shown: Shown }) {
  const { picture, waiting, reason } = useNeuron();
  const stale = useApp((state) => state.stale);
  const sinksHidden = useApp((state) => state.hideSinks.neuron);
  const site = useApp((state) => state.site);
  const causal = causalAt(shown, site);
  const hasSinks = unitsOf(shown.result.encoding, false).some((unit) => isSink(unit, causal));
  return (
    <>
      <ViewHeader
        title="Neuron"
        subtitle="A query times a key, dimension by dimension, adds up to a logit; softmax makes attention of a row of them."
        tools={<ViewTools />}
      >
        <Controls shown={shown} />
      </ViewHeader>
      <div className="heads-plot fade" data-stale={stale || undefined} aria-busy={stale || waiting}>
        {reason ? <p className="waiting">{reason}</p> : picture && <NeuronPlot picture={picture} />}
      </div>
      {picture && !reason && (
        <footer className="view-legend neuron-legend">
          <SignedScale label="Query, key" most={number(picture.clips.vectors)} />
          <SignedScale label="Product" most={number(picture.clips.products)} />
          <span className="legend-rest" data-testid="adds-up">
            {rowSentence(picture, sinksHidden && hasSinks)}
          </span>
        </footer>
      )}
    </>
  );
}
