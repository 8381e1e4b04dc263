import type { ReactNode } from "react";

const icon = (size: number, children: ReactNode) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    {children}
  </svg>
);

export const icons = {
  link: icon(
    16,
    <>
      <path d="M6.6 9.4a2.7 2.7 0 0 0 3.9.2l2.3-2.3a2.7 2.7 0 0 0-3.9-3.9l-1 1" />
      <path d="M9.4 6.6a2.7 2.7 0 0 0-3.9-.2L3.2 8.7a2.7 2.7 0 0 0 3.9 3.9l1-1" />
    </>,
  ),
  export: icon(16, <path d="M8 9.5V2.2M5.2 4.8 8 2l2.8 2.8M2.5 9v4.2h11V9" />),
  down: icon(12, <path d="m4 6 4 4 4-4" />),
  left: icon(14, <path d="m10 3.5-4 4.5 4 4.5" />),
  right: icon(14, <path d="m6 3.5 4 4.5-4 4.5" />),
  close: icon(14, <path d="m3.5 3.5 9 9m0-9-9 9" />),
  pencil: icon(16, <path d="M3 13l.6-2.9 7.5-7.5a1.3 1.3 0 0 1 1.9 0l.4.4a1.3 1.3 0 0 1 0 1.9l-7.5 7.5z" />),
  moon: icon(16, <path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />),
  sun: icon(
    16,
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9" />
    </>,
  ),
  system: icon(
    16,
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5v11A5.5 5.5 0 0 0 8 2.5z" fill="currentColor" />
    </>,
  ),
  lock: icon(
    14,
    <>
      <rect x="3" y="7" width="10" height="6.5" rx="1.5" />
      <path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2" />
    </>,
  ),
  code: icon(16, <path d="M5 4.5 1.5 8 5 11.5M11 4.5 14.5 8 11 11.5M9.2 3.2 6.8 12.8" />),
  table: icon(16, <path d="M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.6h11M6.5 3v10" />),
  check: icon(14, <path d="m2.8 8.6 3.4 3.4 7-7.6" />),
  blocked: icon(
    14,
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="m4 12 8-8" />
    </>,
  ),
  file: icon(16, <path d="M9 1.8H4v12.4h8.5V5.2zM9 1.8v3.4h3.5" />),
  panel: icon(16, <path d="M2.5 3h11v10h-11zM9.8 3v10" />),
} as const;

/** The mark of the product: attention between two columns of three tokens. */
export const Logo = () => (
  <svg width="20" height="19" viewBox="0 0 19 18" aria-hidden="true" focusable="false">
    <g fill="none" stroke="currentColor">
      <path d="M2 16C9.500 16 9.500 9 17 9" strokeWidth="1.300" opacity="0.5" />
      <path d="M2 9C9.500 9 9.500 2 17 2" strokeWidth="1" />
      <path d="M2 2C9.500 2 9.500 16 17 16" strokeWidth="2.300" />
    </g>
    <g fill="currentColor">
      {[2, 17].flatMap((x) => [2, 9, 16].map((y) => <circle key={`${x} ${y}`} cx={x} cy={y} r="2" />))}
    </g>
  </svg>
);
