import type { GivenImage } from "../store/state";
import type { PickedFile } from "../worker/protocol";

/** Files of an input: with the folder's path where one was picked. */
export const pickedFrom = (files: FileList): PickedFile[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

const entriesOf = (directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = directory.createReader();
  // A reader hands out entries in parts and says that it is done by an empty one.
  const more = async (before: FileSystemEntry[]): Promise<FileSystemEntry[]> => {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    return part.length === 0 ? before : more([...before, ...part]);
  };
  return more([]);
};

async function walk(entry: FileSystemEntry): Promise<PickedFile[]> {
  if (entry.isDirectory) {
    const inside = await entriesOf(entry as FileSystemDirectoryEntry);
    return (await Promise.all(inside.filter(({ name }) => !name.startsWith(".")).map(walk))).flat();
  }
  const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
  return [{ path: entry.fullPath.replace(/^\//, ""), file }];
}

/** Files and folders that were dropped, with their paths inside what was dropped. */
export async function droppedFrom(transfer: DataTransfer): Promise<PickedFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return pickedFrom(transfer.files);
  return (await Promise.all(entries.map(walk))).flat();
}

const isImage = ({ file: { type, name } }: PickedFile): boolean =>
  type.startsWith("image/") || /\.(png|jpe?g|webp|gif|bmp|avif)$/i.test(name);

/** What was dropped as images, where nothing else was: a folder of a model may hold some too. */
export const imagesIn = (files: readonly PickedFile[]): GivenImage[] | null =>
  files.length > 0 && files.every(isImage) ? files.map(({ file }) => ({ file, name: file.name })) : null;
