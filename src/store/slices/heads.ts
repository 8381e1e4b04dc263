import { choice, type Slice } from "./slice";

/** How Heads draws what is read of an image: over the image itself, or as lines between its patches. */
export interface HeadsState {
  readonly drawn: "image" | "lines";
}

const initial: HeadsState = { drawn: "image" };

export const heads: Slice<HeadsState> = {
  initial,
  link: { drawn: choice("drawn", ["image", "lines"], initial.drawn) },
};
