import { optionsFor } from "../../store/explanation";
import { METHOD_IDS } from "../../store/method-ids";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { families } from "../attribution/Fields";
import { Chevron, Menu } from "../shared/controls";
import { estimate, MANY, passesText } from "./estimate";
import { playersOf } from "./picture";

/** Which methods are held against each other, and what each would take. */
export function MethodMenu({ shown }: { readonly shown: Shown }) {
  const methods = useApp((state) => state.methods);
  const picked = useApp((state) => state.own.compare.methods);
  const methodOptions = useApp((state) => state.methodOptions);
  const unit = useApp((state) => state.unit);
  const { change } = useActions();
  const players = playersOf(shown, unit);
  const here = methods.filter(({ id }) => picked.some((each) => each === id));
  const toggle = (id: string): void =>
    change("compare", {
      methods: METHOD_IDS.filter((each) =>
        each === id ? !picked.includes(each) : picked.includes(each) && methods.some((method) => method.id === each),
      ),
    });
  return (
    <Menu
      label={`Methods, ${here.length}`}
      className="select"
      align="start"
      button={
        <>
          Methods, {here.length}
          <Chevron />
        </>
      }
    >
      {() =>
        Object.entries(families).map(([family, label]) => {
          const own = methods.filter((method) => method.family === family);
          if (own.length === 0) return null;
          return (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset isn't allowed in a menu
            <div key={family} role="group" aria-label={label} className="method-group">
              <p aria-hidden="true">{label}</p>
              {own.map((method) => {
                const passes = estimate(method.id, players, optionsFor({ methods, methodOptions }, method.id));
                const many = passes !== null && passes > MANY;
                return (
                  <button
                    key={method.id}
                    type="button"
                    role="menuitemcheckbox"
                    aria-checked={picked.some((each) => each === method.id)}
                    className="option method-option"
                    onClick={() => toggle(method.id)}
                  >
                    <i aria-hidden="true" />
                    <b>{method.label}</b>
                    <span data-many={many || undefined}>{passesText(passes)}</span>
                  </button>
                );
              })}
            </div>
          );
        })
      }
    </Menu>
  );
}
