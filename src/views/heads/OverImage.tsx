import { useMemo } from "react";
import { useActions, useApp } from "../../store/react";
import { usePalette } from "../shared/environment";
import { PatchTiles } from "../shared/PatchTiles";
import type { Patched } from "../shared/patches";
import type { Picture } from "./on-screen";
import { type Reader, readerOf, readerWords, tilesOf } from "./over";

/** Whose attention lies over the image: what is pinned or under the cursor. */
export function useReader(picture: Pick<Picture, "plan"> | null): Reader | null {
  const pinned = useApp((state) => state.pinned);
  const hovered = useApp((state) => state.hovered);
  return picture && readerOf(picture.plan, { pinned, hovered });
}

/** What is read, and how to read another. */
export function ReaderLine({ words }: { readonly words: string }) {
  const pinned = useApp((state) => state.pinned !== null);
  return (
    <p className="over-reader" data-testid="reader">
      {words}
      {!pinned && <span className="small"> Hover a patch to read it instead, click to keep it.</span>}
    </p>
  );
}

/** The attention of one token over the image, head by head and their mean. */
export function OverImage({ picture, of }: { readonly picture: Picture; readonly of: Patched }) {
  const palette = usePalette();
  const { isolateHead, describeHead } = useActions();
  const reader = useReader(picture);
  const { side, row } = reader?.row ?? { side: "query", row: -1 };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a reader is its row
  const tiles = useMemo(() => (reader ? tilesOf(of, picture, reader, palette) : []), [of, picture, side, row, palette]);
  if (!reader) return null;
  return (
    <div className="over-image">
      <ReaderLine words={readerWords(reader)} />
      <PatchTiles
        of={of}
        tiles={tiles}
        side={side}
        about={readerWords(reader)}
        onPoint={(id) => describeHead(Number(id))}
        onPick={(id) => isolateHead(Number(id))}
      />
    </div>
  );
}
