import { useActions, useApp } from "../../store/react";
import type { Shown, ViewId } from "../../store/state";
import { hasPair, hasSubwords } from "../../store/units";
import { filters } from "../heads/names";
import type { LeaveOut } from "../view";
import { Segmented, Switch } from "./controls";

/** What a view leaves out or merges: sinks, subwords, and one of two texts. */
export function LeaveOutControls({
  shown,
  view,
  of,
}: {
  readonly shown: Shown;
  readonly view: ViewId;
  readonly of: readonly LeaveOut[];
}) {
  const hideSinks = useApp((state) => state.hideSinks[view]);
  const mergeWords = useApp((state) => state.mergeWords);
  const pairFilter = useApp((state) => state.pairFilter);
  const { toggleSinks, toggleWords, setPairFilter } = useActions();
  const { encoding, stacks } = shown.result;
  return (
    <div className="leave-out">
      {of.includes("texts") && !stacks && hasPair(encoding) && (
        <Segmented label="Texts" value={pairFilter} options={filters} onChange={setPairFilter} />
      )}
      <div className="switches">
        {of.includes("words") && hasSubwords(encoding) && (
          <Switch label="Merge words" on={mergeWords} keyName="W" onChange={toggleWords} />
        )}
        {of.includes("sinks") && <Switch label="Hide sinks" on={hideSinks} keyName="H" onChange={toggleSinks} />}
      </div>
    </div>
  );
}
