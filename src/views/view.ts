import type { ComponentType } from "react";
import type { Shown, State, ViewId } from "../store/state";
import type { Workspace } from "../store/store";
import type { Table } from "./shared/csv";
import type { Palette } from "./shared/palette";
import type { Scene } from "./shared/scene";

export type GroupId = "look" | "flow" | "explain" | "inside";

/** Views answer questions; the rail groups them by question and shows groups that have views. */
export const groups: readonly { readonly id: GroupId; readonly label: string; readonly question: string }[] = [
  { id: "look", label: "Look", question: "Who attends to whom?" },
  { id: "flow", label: "Flow", question: "Where does it travel?" },
  { id: "explain", label: "Explain", question: "What mattered?" },
  { id: "inside", label: "Inside", question: "When is it decided?" },
];

/** What a view can leave out or merge, with a switch and a key for each. */
export type LeaveOut = "texts" | "words" | "sinks";

type Part = ComponentType<{ readonly shown: Shown }>;

/** A view: what the rail says of it, what it draws, what it says of what is pinned, and what it gives away. */
export interface View {
  readonly id: ViewId;
  readonly group: GroupId;
  readonly label: string;
  readonly View: Part;
  readonly Inspector: Part;
  /** What the sheet of a phone says while it is folded. */
  readonly Summary: Part;
  readonly leavesOut: readonly LeaveOut[];
  /** What the arrow keys do, for the list of keys: ← and →, then ↑ and ↓. */
  readonly arrows: readonly [across: string, along: string];
  /** Keys by `event.key` that mean something here alone, or something else than in other views. */
  keys?(workspace: Workspace): Readonly<Record<string, () => void>>;
  /** Of such keys, for the list: their names and what they do. */
  readonly keyNotes?: readonly (readonly [names: readonly string[], does: string])[];
  /** Something is open that the inspector shows large: it widens, and doesn't give way to a model on its way. */
  enlarged?(state: State): boolean;
  /** A few words about what is drawn, while nothing runs. */
  status(state: State, shown: Shown): string;
  /** What changed, in a sentence, for people who don't see it; empty where there is nothing to say. */
  announce(state: State, shown: Shown): string;
  /** The view as pinned, after what it needs has come; null where nothing is shown. */
  figure(workspace: Workspace, palette: Palette, width: number): Promise<Scene | null>;
  /** Null while what it needs is on its way. */
  table(workspace: Workspace): Table | null;
}
