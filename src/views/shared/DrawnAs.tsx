import { useActions, useApp } from "../../store/react";
import { Segmented } from "./controls";

/** What is read of an image: over the image itself, or as of any tokens. */
export function DrawnAs({ otherwise }: { readonly otherwise: string }) {
  const drawn = useApp((state) => state.own.heads.drawn);
  const { change } = useActions();
  return (
    <Segmented
      label="Drawn as"
      value={drawn}
      options={[
        { value: "image", label: "Over the image" },
        { value: "lines", label: otherwise },
      ]}
      onChange={(value) => change("heads", { drawn: value })}
    />
  );
}
