import { type ReactNode, useEffect, useId, useRef } from "react";
import { useActions } from "../store/react";
import { icons } from "../views/shared/icons";

/** A window over the page; the browser keeps focus in it and closes it on Escape. */
export function DialogFrame({
  title,
  wide = false,
  children,
}: {
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}) {
  const { openDialog } = useActions();
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className="dialog"
      data-wide={wide || undefined}
      aria-labelledby={id}
      onClose={() => openDialog(null)}
      onPointerDown={(event) => {
        if (event.target === element.current) openDialog(null);
      }}
    >
      <div className="dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" className="ghost icon" aria-label="Close" onClick={() => openDialog(null)}>
            {icons.close}
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
