import { useActions, useApp } from "../store/react";
import { views } from "../views";
import { groups } from "../views/view";

const filled = groups
  .map((group) => ({ ...group, views: views.filter((view) => view.group === group.id) }))
  .filter(({ views }) => views.length > 0);

/** Views by the question that they answer. */
export function Rail() {
  const view = useApp((state) => state.view);
  const { setView, openDialog } = useActions();
  return (
    <nav className="rail" aria-label="Views">
      {filled.map((group) => (
        <div key={group.id} className="rail-group">
          <h2>{group.label}</h2>
          <p>{group.question}</p>
          <ul>
            {group.views.map(({ id, label }) => (
              <li key={id}>
                <button type="button" aria-current={id === view ? "page" : undefined} onClick={() => setView(id)}>
                  {label}
                  <span aria-hidden="true">{views.findIndex((each) => each.id === id) + 1}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <button type="button" className="all-keys" onClick={() => openDialog("keys")}>
        <span className="kbd">?</span> all keys
      </button>
    </nav>
  );
}

/** The same on a phone: a tab for each group, or for each view while there is one group. */
export function Tabs() {
  const view = useApp((state) => state.view);
  const { setView } = useActions();
  const tabs =
    filled.length > 1
      ? filled.map(({ id, label, views }) => {
          const here = views.find((each) => each.id === view) ?? views[0]!;
          const next = views[(views.indexOf(here) + 1) % views.length]!;
          const on = here.id === view;
          return {
            id,
            label,
            about: views.length > 1 ? `${views.length} views` : here.label,
            on,
            to: on ? next.id : here.id,
          };
        })
      : views.map(({ id, label }) => ({ id, label, about: filled[0]?.label ?? "", on: id === view, to: id }));
  return (
    <nav className="tabs" aria-label="Views">
      {tabs.map(({ id, label, about, on, to }) => (
        <button key={id} type="button" aria-current={on ? "page" : undefined} onClick={() => setView(to)}>
          <b>{label}</b>
          <span>{about}</span>
        </button>
      ))}
    </nav>
  );
}
