import { usePalette } from "./environment";
import { signedColour } from "./palette";

const STOPS = [-1, -0.75, -0.5, -0.25, -0.1, 0, 0.1, 0.25, 0.5, 0.75, 1];

/** What the two hues of a signed scale mean: −most, 0, +most. */
export function SignedScale({ label, most }: { readonly label: string; readonly most: string }) {
  const palette = usePalette();
  const stops = STOPS.map((value) => `${signedColour(palette, value)} ${(value + 1) * 50}%`);
  return (
    <span className="signed-scale">
      {label}
      <span>−{most}</span>
      <i style={{ background: `linear-gradient(to right, ${stops.join(", ")})` }} aria-hidden="true" />
      <span>+{most}</span>
    </span>
  );
}
