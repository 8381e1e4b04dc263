import { useActions, useApp } from "../store/react";
import { icons } from "../views/shared/icons";

/** Things to say once: they stay until they are closed. */
export function Notices() {
  const notices = useApp((state) => state.notices);
  const { dismiss } = useActions();
  return (
    <ul className="notices" aria-live="polite" aria-label="Notices">
      {notices.map((notice) => (
        <li key={notice}>
          <span>{notice}</span>
          <button type="button" className="ghost icon" aria-label="Dismiss" onClick={() => dismiss(notice)}>
            {icons.close}
          </button>
        </li>
      ))}
    </ul>
  );
}
