/** A model's files, wherever they are: shipped with the page, on the hub, or dropped on it. */
export interface Folder {
  /** As messages call it: an id, or the name of the folder or file. */
  readonly name: string;
  /** As a person calls it, where that is another. */
  readonly title?: string | undefined;
  /** Paths with sizes in bytes, or null where the place can't be listed and must be asked for each. */
  list(): Promise<Listing | null>;
  /** Whether there is such a file, and its size where it is told. */
  find(path: string): Promise<Found | null>;
  /** The bytes of a file, or null where there is none. Tells how far it is. */
  read(path: string, onBytes: OnBytes): Promise<Uint8Array | null>;
}

export type Listing = ReadonlyMap<string, number>;

export interface Found {
  readonly bytes: number | null;
}

/** Bytes there so far, and all there will be where that is known. */
export type OnBytes = (done: number, total: number | null) => void;

/** The folder part of a path, with its slash, or `""`. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The folders around a path from the innermost outwards, `""` last. */
export function foldersAround(path: string): string[] {
  const around = [folderOf(path)];
  while (around.at(-1) !== "") around.push(folderOf(around.at(-1)!.slice(0, -1)));
  return around;
}
