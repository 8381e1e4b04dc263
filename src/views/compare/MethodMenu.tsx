import type { MethodInfo } from "../../explain/attribution";
import { optionsFor } from "../../store/explanation";
import { METHOD_IDS } from "../../store/method-ids";
import { useActions, useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { families } from "../attribution/Fields";
import { Chevron, Menu } from "../shared/controls";
import { isAnswered } from "../shared/explaining";
import { estimate, MANY, passesText } from "./estimate";
import { isPicked, playersOf } from "./picture";

/** Which methods are held against each other, and what each would take. */
export function MethodMenu({ shown }: { readonly shown: Shown }) {
  const methods = useApp((state) => state.methods);
  const compare = useApp((state) => state.own.compare);
  const methodOptions = useApp((state) => state.methodOptions);
  const unit = useApp((state) => state.unit);
  const { change } = useActions();
  const players = playersOf(shown, unit);
  const answered = isAnswered(shown);
  const offered = methods.filter(({ targetless }) => answered || targetless);
  const here = offered.filter((method) => isPicked(compare, method));
  const toggle = ({ id, family }: MethodInfo): void => {
    const { methods: picked, leftOut } = compare;
    if (family === "given")
      change("compare", {
        leftOut: leftOut.includes(id) ? leftOut.filter((each) => each !== id) : [...leftOut, id],
      });
    else
      change("compare", {
        methods: METHOD_IDS.filter((each) =>
          each === id ? !picked.includes(each) : picked.includes(each) && methods.some((method) => method.id === each),
        ),
      });
  };
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
          const own = offered.filter((method) => method.family === family);
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
                    aria-checked={isPicked(compare, method)}
                    className="option method-option"
                    onClick={() => toggle(method)}
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
