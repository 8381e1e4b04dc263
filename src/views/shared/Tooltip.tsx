import { type ReactNode, useLayoutEffect, useRef } from "react";

/** A note beside the cursor that stays inside the window. Everything it says can be read elsewhere too. */
export function Tooltip({ x, y, children }: { readonly x: number; readonly y: number; readonly children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const note = element.current;
    if (!note) return;
    const { width, height } = note.getBoundingClientRect();
    const left = x + width + 8 > window.innerWidth ? x - width - 16 : x;
    note.style.left = `${Math.max(8, left)}px`;
    note.style.top = `${Math.max(8, Math.min(window.innerHeight - height - 8, y))}px`;
  });
  return (
    <div ref={element} className="tooltip" role="tooltip">
      {children}
    </div>
  );
}
