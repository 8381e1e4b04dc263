import type { PairFilter, Shown } from "../../store/state";

export const layerOf = (shown: Shown, site: number): number =>
  shown.model.sites.find(({ index }) => index === site)?.layer ?? site;

/** "8.5": layer and head, as papers write them. */
export const headName = (shown: Shown, site: number, head: number): string => `${layerOf(shown, site)}.${head}`;

export const filters: readonly { readonly value: PairFilter; readonly label: string; readonly title: string }[] = [
  { value: "all", label: "All", title: "Both texts" },
  { value: "aa", label: "A→A", title: "Within the first text" },
  { value: "ab", label: "A→B", title: "From the first text to the second" },
  { value: "ba", label: "B→A", title: "From the second text to the first" },
  { value: "bb", label: "B→B", title: "Within the second text" },
];

export const filterLabel = (filter: PairFilter): string | null =>
  filter === "all" ? null : (filters.find(({ value }) => value === filter)?.label ?? null);

/** "Encoder", "Decoder", "Cross": where more than one kind of attention is. */
export const kindLabels = { encoder: "Encoder", decoder: "Decoder", cross: "Cross" } as const;

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
