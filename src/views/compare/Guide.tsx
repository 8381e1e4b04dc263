import { METHOD_IDS } from "../../store/method-ids";
import { useActions, useApp } from "../../store/react";
import { guideOf } from "./guide";

/** From the question to the method, and why. */
export function Guide({ image }: { readonly image: boolean }) {
  const methods = useApp((state) => state.methods);
  const { change } = useActions();
  const label = (id: string) => methods.find((method) => method.id === id)?.label;
  return (
    <section className="compare-part wide" aria-labelledby="guide">
      <h2 id="guide">
        Which for which question? <span>what they are good for, and what to mind</span>
      </h2>
      <ul className="guide">
        {guideOf(image).map((advice) => {
          const here = advice.methods.filter((id) => label(id) !== undefined);
          return (
            <li key={advice.question}>
              <h3>{advice.question}</h3>
              <p className="guide-methods">{here.map((id) => label(id)).join(", ")}</p>
              <p>{advice.why}</p>
              <p className="but">{advice.beware}</p>
              <button
                type="button"
                className="link"
                onClick={() => change("compare", { methods: METHOD_IDS.filter((id) => here.includes(id)) })}
              >
                Compare these
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
