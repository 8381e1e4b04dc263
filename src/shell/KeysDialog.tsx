import { useApp } from "../store/react";
import { viewOf, views } from "../views";
import { characters } from "../views/shared/characters";
import { Kbd } from "../views/shared/controls";
import { DialogFrame } from "./Dialog";

/** Every key, and what the words of the views mean. */
export function KeysDialog() {
  const view = useApp((state) => state.view);
  const { arrows, keyNotes = [] } = viewOf(view);
  const keys: readonly (readonly [readonly string[], string])[] = [
    [views.map((_, i) => `${i + 1}`), views.map(({ label }) => label).join(", ")],
    [["←", "→"], arrows[0]],
    [["↑", "↓"], arrows[1]],
    ...keyNotes,
    [["P"], "pin the token under the cursor, or unpin"],
    [["H"], "hide or keep sinks: special tokens, and the first token of a causal model"],
    [["W"], "merge the tokens of a word, or split them"],
    [["C"], "curved or straight lines"],
    [["A"], "all heads"],
    [["I"], "show or hide the side panel"],
    [["M"], "choose a model"],
    [["/"], "edit the text"],
    [["Enter"], "run the text now; on a head: toggle it"],
    [["Shift", "Enter"], "on a head: only this one, again for all (as a double-click)"],
    [["Esc"], "cancel what runs, else unpin, else close the open head"],
    [["?"], "this list"],
  ];
  return (
    <DialogFrame title="All keys">
      <dl className="keys">
        {keys.map(([names, does]) => (
          <div key={does}>
            <dt>
              {names.map((name) => (
                <Kbd key={name}>{name}</Kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <section>
        <h3>What heads are called</h3>
        <p className="small">A head gets a name when a score that is measured on your text reaches its threshold.</p>
        <ul className="legend-badges">
          {characters.map(({ id, badge, label, meaning, threshold }) => (
            <li key={id}>
              <i className="badge tok" aria-hidden="true">
                {badge}
              </i>
              <span>
                <b>{label}</b>: {meaning}. From {threshold} on.
              </span>
            </li>
          ))}
        </ul>
      </section>
    </DialogFrame>
  );
}
