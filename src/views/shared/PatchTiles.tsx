import { type ReactNode, useRef } from "react";
import type { Side } from "../../store/state";
import { useSize } from "./environment";
import { PatchPicture } from "./PatchPicture";
import { heightFor, type Patched } from "./patches";
import { TIGHT_TILE, type Tile, tileWidth } from "./tiles";

/** Maps over one image, as large as all of them fit. */
export function PatchTiles({
  of,
  tiles,
  about,
  side,
  onPoint,
  onPick,
}: {
  readonly of: Patched;
  readonly tiles: readonly Tile[];
  /** What all of them show, for those who don't see it. */
  readonly about: string;
  readonly side?: Side;
  /** The cursor is over a caption. */
  readonly onPoint?: (id: string) => void;
  /** Makes captions of tiles with a dot buttons. */
  readonly onPick?: (id: string) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const width = size ? tileWidth(tiles.length, size.width, size.height, heightFor(of, 1)) : 0;
  const tight = width < TIGHT_TILE;
  const caption = ({ id, title: whole, short = whole, dot }: Tile, title = tight ? short : whole): ReactNode =>
    dot && onPick ? (
      <button
        type="button"
        className="link"
        title="Only this head, or all again"
        onPointerEnter={() => onPoint?.(id)}
        onClick={() => onPick(id)}
      >
        <i className="head-dot" style={{ background: dot }} aria-hidden="true" />
        {title}
      </button>
    ) : (
      <b>{title}</b>
    );
  return (
    <div className="patch-tiles" ref={frame}>
      {width > 0 && (
        <ul>
          {tiles.map((tile) => (
            <li key={tile.id} style={{ width }}>
              <div className="tile-caption">
                {caption(tile)}
                <span className="small">{tight ? (tile.brief ?? tile.aside) : tile.aside}</span>
              </div>
              <PatchPicture
                of={of}
                map={tile.map}
                width={width}
                label={`${about}, ${tile.title}`}
                {...(side && { side })}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
