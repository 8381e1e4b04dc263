import { useApp } from "../../store/react";
import type { Shown } from "../../store/state";
import { unitAt, unitsOf } from "../../store/units";
import { top } from "../shared/lines";
import { linksOf, rowOf } from "./draw";
import { column, usePicture } from "./on-screen";

const HINT = "Tap a token, or drag along a column. Width = weight, colour = head.";

/** What the pinned token looks at most, in one line. */
export function HeadsSummary({ shown }: { readonly shown: Shown }) {
  const { picture } = usePicture();
  const pinned = useApp((state) => state.pinned ?? state.hovered);
  const over = useApp((state) => state.own.heads.drawn) === "image" && shown.result.seen !== undefined;
  if (!picture) return null;
  const row = rowOf(picture.plan, pinned);
  const units = unitsOf(shown.result.encoding, false);
  const unit = pinned && units[unitAt(units, pinned.index)];
  if (!row || !unit) return <p className="small">{over ? "Tap a patch." : HINT}</p>;
  const other = column(picture.plan, row.side === "query" ? "key" : "query");
  return (
    <>
      <p className="sheet-line">
        <span className="tok pill" data-pinned>
          {unit.label}
        </span>
        <span>{row.side === "query" ? "looks at" : "is looked at by"}</span>
        <span className="tok sheet-top">
          {top(linksOf(picture.heads, row), 3)
            .map(({ index, value }) => `${other[index]!.label} ${value.toFixed(2).replace(/^0/, "")}`)
            .join("  ")}
        </span>
      </p>
      {!over && <p className="small">Drag along a column to read others. Width = weight, colour = head.</p>}
    </>
  );
}
