import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { icons } from "./icons";

/** A choice of one among few, side by side; the browser's own radio keys move in it. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly title?: string }[];
  readonly onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="segmented">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label key={option.value} title={option.title}>
          <input
            type="radio"
            className="sr-only"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** On or off. */
export const Switch = ({
  label,
  on,
  keyName,
  onChange,
}: {
  readonly label: string;
  readonly on: boolean;
  readonly keyName?: string;
  readonly onChange: () => void;
}) => (
  <span className="switch-row">
    <button type="button" className="switch" role="switch" aria-checked={on} onClick={onChange}>
      <i aria-hidden="true" />
      {label}
    </button>
    {keyName && <Kbd>{keyName}</Kbd>}
  </span>
);

export const Kbd = ({ children }: { readonly children: ReactNode }) => <kbd className="kbd">{children}</kbd>;

/** A button that opens a menu under itself: closes on Escape, on a click elsewhere, and when focus leaves. */
export function Menu({
  label,
  className,
  button,
  align = "start",
  children,
}: {
  readonly label: string;
  readonly className: string;
  readonly button: ReactNode;
  readonly align?: "start" | "end";
  readonly children: (close: () => void) => ReactNode;
}) {
  const [open, set] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    set(false);
    trigger.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const panel = anchor.current?.querySelector<HTMLElement>(".popover");
    const first = panel?.querySelector<HTMLElement>('[aria-checked="true"], .option');
    first?.focus();
    const outside = (event: Event) => {
      if (event.target instanceof Node && !anchor.current?.contains(event.target)) set(false);
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, [open]);
  const move = (by: number) => {
    const items = [...(anchor.current?.querySelectorAll<HTMLElement>(".popover .option") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + by + items.length) % items.length]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className="anchor" ref={anchor}>
      <button
        ref={trigger}
        type="button"
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => set(!open)}
        onKeyDown={onKeyDown}
      >
        {button}
      </button>
      {open && (
        <div
          id={id}
          className="popover"
          data-align={align}
          role="menu"
          tabIndex={-1}
          aria-label={label}
          onKeyDown={onKeyDown}
        >
          {children(close)}
        </div>
      )}
    </span>
  );
}

export const Chevron = () => <span className="chevron">{icons.down}</span>;

/** A row of an inspector: token, bar, number. */
export function StrengthRow({
  mark,
  label,
  value,
  full,
  title,
  lit,
  onHover,
  onPick,
}: {
  readonly mark: string;
  readonly label: string;
  readonly value: number;
  readonly full: number;
  readonly title: string;
  readonly lit: boolean;
  readonly onHover: (on: boolean) => void;
  readonly onPick: () => void;
}) {
  return (
    <li>
      <button
        type="button"
        className="strength"
        data-lit={lit || undefined}
        title={title}
        onPointerEnter={() => onHover(true)}
        onPointerLeave={() => onHover(false)}
        onFocus={() => onHover(true)}
        onBlur={() => onHover(false)}
        onClick={onPick}
      >
        <span className="tok">
          <span className="mark">{mark}</span>
          {label}
        </span>
        <span className="bar" aria-hidden="true">
          <i style={{ transform: `scaleX(${full > 0 ? value / full : 0})` }} />
        </span>
        <span className="value">{value.toFixed(full < 0.05 ? 4 : 2)}</span>
      </button>
    </li>
  );
}

/** A measured score with its name. */
export const Meter = ({
  label,
  value,
  full,
}: {
  readonly label: string;
  readonly value: number;
  readonly full: number;
}) => (
  <li className="meter-row">
    <span>{label}</span>
    <span className="meter" aria-hidden="true">
      <i style={{ width: `${full > 0 ? Math.max(2, (100 * value) / full) : 0}%` }} />
    </span>
    <span className="value">{value.toFixed(2)}</span>
  </li>
);
