import type { State } from "../../store/state";
import { spell } from "../../store/units";
import { headName } from "../heads/names";
import { tokensOf } from "../heads/on-screen";
import type { View } from "../view";
import { type About, neuronFigure, neuronTable } from "./figure";
import { NeuronInspector, NeuronSummary } from "./NeuronInspector";
import { NeuronView } from "./NeuronView";
import { headAt, pictureOf, whyNot } from "./on-screen";

const aboutOf = ({ shown, site, head, pinned, own }: State): About | null =>
  shown && {
    shown,
    site,
    head: headAt(shown, site, head),
    pinned: pinned !== null,
    vectors: own.neuron.vectors,
    key: own.neuron.key,
  };

export const neuron: View = {
  id: "neuron",
  group: "look",
  label: "Neuron",
  View: NeuronView,
  Inspector: NeuronInspector,
  Summary: NeuronSummary,
  leavesOut: ["sinks"],
  arrows: ["previous and next layer", "previous and next query"],
  keys({ store, actions }) {
    const { shown, site, head, own, pinned, loading, running } = store.getState();
    const count = shown?.model.sites.find(({ index }) => index === site)?.heads ?? 1;
    const at = shown ? headAt(shown, site, head) : 0;
    const step = (by: number) => () => actions.describeHead(Math.min(count - 1, Math.max(0, at + by)));
    const { dimensions, keys, vectors, key } = own.neuron;
    const free = !loading && !running && !pinned && key !== null;
    return {
      ",": step(-1),
      ".": step(1),
      d: () => actions.change("neuron", { dimensions: dimensions === "model" ? "contribution" : "model" }),
      k: () => actions.change("neuron", { keys: keys === "text" ? "weight" : "text" }),
      v: () => actions.change("neuron", { vectors: !vectors }),
      ...(free && { Escape: () => actions.change("neuron", { key: null }) }),
    };
  },
  keyNotes: [
    [[",", "."], "previous and next head"],
    [["D"], "dimensions as in the model, or strongest first"],
    [["K"], "keys as in the text, or strongest first"],
    [["V"], "draw the keys' vectors, or products alone"],
  ],
  status: ({ site, head }, shown) =>
    `Head ${headName(shown, site, headAt(shown, site, head))}, ${tokensOf(shown)} keys`,
  announce({ site, head, hovered }, shown) {
    const at = `Head ${headName(shown, site, headAt(shown, site, head))}.`;
    const token = hovered && shown.result.encoding.tokens[hovered.index];
    return token ? `${at} ${spell(token).label}, position ${hovered.index}.` : at;
  },
  async figure({ store, scoring }, palette, width) {
    const state = store.getState();
    const { shown, site, head } = state;
    if (!shown || whyNot(shown) !== null) return null;
    await scoring.fetch(shown.result.trace, site, headAt(shown, site, head));
    const picture = pictureOf({ ...store.getState(), hovered: null }, scoring);
    const about = aboutOf(store.getState());
    return picture && about && neuronFigure(picture, about, palette, width);
  },
  table({ store, scoring }) {
    const state = store.getState();
    const picture = pictureOf({ ...state, hovered: null }, scoring);
    const about = aboutOf(state);
    return picture && about && neuronTable(picture, about);
  },
};
