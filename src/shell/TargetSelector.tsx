import type { Candidate, Target } from "../explain/target";
import { useActions, useApp } from "../store/react";
import type { Shown } from "../store/state";
import { spell } from "../store/units";
import { Chevron, Menu } from "../views/shared/controls";
import { probability } from "./format";

const NEXT = 3;

const isToken = (shown: Shown): boolean => shown.model.labels === null;

const Name = ({ shown, candidate }: { readonly shown: Shown; readonly candidate: Candidate }) =>
  isToken(shown) ? <b className="tok">{spell(candidate.label).label}</b> : <b>{candidate.label}</b>;

const find = (candidates: readonly Candidate[], index: number | undefined): Candidate | undefined =>
  candidates.find((candidate) => candidate.index === index);

function Options({
  shown,
  chosen,
  close,
  onPick,
}: {
  readonly shown: Shown;
  readonly chosen: number | undefined;
  readonly close: () => void;
  readonly onPick: (index: number) => void;
}) {
  return shown.result.candidates.map((candidate) => (
    <button
      key={candidate.index}
      type="button"
      role="menuitemradio"
      aria-checked={candidate.index === chosen}
      className="option"
      onClick={() => {
        close();
        onPick(candidate.index);
      }}
    >
      <Name shown={shown} candidate={candidate} />
      <span>{probability(candidate.probability)}</span>
    </button>
  ));
}

/** Where the output is read, for models that say something at every token. */
function PositionOption({ shown, target, close }: { shown: Shown; target: Target; close: () => void }) {
  const pinned = useApp((state) => state.pinned);
  const { setTargetPosition } = useActions();
  if (target.position === null || !pinned || pinned.index === target.position) return null;
  const token = spell(shown.result.encoding.tokens[pinned.index] ?? "").label;
  return (
    <button
      type="button"
      role="menuitem"
      className="option position-option"
      onClick={() => {
        close();
        void setTargetPosition(pinned.index);
      }}
    >
      <span>
        Read at the pinned <span className="tok">{token}</span>
      </span>
    </button>
  );
}

/** What is explained, and against what. */
export function TargetSelector() {
  const shown = useApp((state) => state.shown);
  const { setTarget, setAgainst } = useActions();
  if (!shown || shown.result.candidates.length === 0) return null;
  const { candidates, target, encoding } = shown.result;
  const example = shown.origin === "example";
  const chosen = find(candidates, target.index);
  const against = find(candidates, target.against);
  const last = encoding.ids.length - 1;
  const read = target.position !== null && target.position !== last ? encoding.tokens[target.position] : undefined;
  const rest = candidates.filter(({ index }) => index !== target.index && index !== target.against).slice(0, NEXT);
  return (
    <div className="target">
      <span>{example ? "example explains" : "explains"}</span>
      <Menu
        label={`Target: ${chosen ? `${chosen.label.trim()} ${probability(chosen.probability)}` : target.index}`}
        className="select"
        align="end"
        button={
          <>
            {chosen ? <Name shown={shown} candidate={chosen} /> : <b>{target.index}</b>}
            {chosen && <span>{probability(chosen.probability)}</span>}
            <Chevron />
          </>
        }
      >
        {(close) => (
          <>
            <Options shown={shown} chosen={target.index} close={close} onPick={(index) => void setTarget(index)} />
            <PositionOption shown={shown} target={target} close={close} />
          </>
        )}
      </Menu>
      {!example && (
        <>
          <span>against</span>
          <Menu
            label={`Against: ${against ? `${against.label.trim()} ${probability(against.probability)}` : "nothing"}`}
            className="select"
            align="end"
            button={
              <>
                {against ? <Name shown={shown} candidate={against} /> : <span>nothing</span>}
                {against && <span>{probability(against.probability)}</span>}
                <Chevron />
              </>
            }
          >
            {(close) => (
              <>
                <button
                  type="button"
                  role="menuitemradio"
                  aria-checked={against === undefined}
                  className="option"
                  onClick={() => {
                    close();
                    void setAgainst(null);
                  }}
                >
                  nothing
                </button>
                <Options
                  shown={shown}
                  chosen={target.against}
                  close={close}
                  onPick={(index) => void setAgainst(index)}
                />
              </>
            )}
          </Menu>
        </>
      )}
      {read !== undefined && (
        <span className="small">
          at <span className="tok">{spell(read).label}</span>
        </span>
      )}
      {isToken(shown) && rest.length > 0 && (
        <span className="then small">
          then{" "}
          {rest.map((candidate) => (
            <span key={candidate.index}>
              <span className="tok">{spell(candidate.label).label}</span>{" "}
              {probability(candidate.probability).replace(/^0/, "")}{" "}
            </span>
          ))}
        </span>
      )}
    </div>
  );
}
