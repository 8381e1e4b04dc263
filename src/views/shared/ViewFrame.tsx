import type { ReactNode } from "react";
import { useActions, useApp } from "../../store/react";
import { TIGHT, useMedia } from "./environment";
import { icons } from "./icons";

/** Title, one line of explanation, and tools of a view. Says when what is shown was computed in advance. */
export function ViewHeader({
  title,
  subtitle,
  tools,
  children,
}: {
  readonly title: string;
  readonly subtitle: string;
  readonly tools?: ReactNode;
  readonly children?: ReactNode;
}) {
  const example = useApp(({ shown }) => shown?.origin === "example");
  const embed = useApp((state) => state.embed);
  const name = useApp(({ shown }) => shown?.model.name);
  return (
    <header className="view-header">
      <div className="view-title">
        <div>
          <h1>
            {title}
            {embed && name && <span className="of-model">{name}</span>}
            {example && <span className="tag">Example, computed in advance</span>}
          </h1>
          <p>{subtitle}</p>
        </div>
        <div className="view-tools">{tools}</div>
      </div>
      {children}
    </header>
  );
}

/** Brings the side panel back where it is hidden, or where there is no room for it beside the view. */
function PanelButton() {
  const inspector = useApp((state) => state.inspector);
  const sheet = useApp((state) => state.sheet);
  const tight = useMedia(TIGHT);
  const { toggleInspector, toggleSheet } = useActions();
  if (tight ? sheet : inspector) return null;
  return (
    <button type="button" className="ghost" aria-expanded={false} onClick={tight ? toggleSheet : toggleInspector}>
      {icons.panel}
      <span>Panel</span>
    </button>
  );
}

/** The buttons that every view has. */
export function ViewTools() {
  const { openDialog } = useActions();
  const embed = useApp((state) => state.embed);
  const table = (
    <button type="button" className="ghost" onClick={() => openDialog("table")}>
      {icons.table}
      <span>Table</span>
    </button>
  );
  if (embed) return table;
  return (
    <>
      <PanelButton />
      {table}
      <button type="button" className="ghost" onClick={() => openDialog("embed")}>
        {icons.code}
        <span>Embed</span>
      </button>
    </>
  );
}
