import { comparingExamples, comparingLink } from "../../store/comparing";
import { useApp } from "../../store/react";
import { writeLink } from "../../store/url";

/** Texts of the shipped models that were chosen for holding methods against each other. */
export function Examples() {
  const models = useApp((state) => state.catalog?.models);
  const embed = useApp((state) => state.embed);
  const examples = comparingExamples(models ?? []);
  if (embed || examples.length === 0) return null; // a frame stays with the model that its page chose
  return (
    <section className="compare-part wide" aria-labelledby="examples">
      <h2 id="examples">
        Examples <span>methods and targets that were chosen for these texts</span>
      </h2>
      <ul className="compare-examples">
        {examples.map(({ model, example }) => (
          <li key={example.text}>
            <a className="link" href={`#${writeLink(comparingLink(model, example))}`}>
              {example.text}
            </a>{" "}
            <span>
              {example.compare?.target}
              {example.compare?.against && ` against ${example.compare.against}`}, by {model.name}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
