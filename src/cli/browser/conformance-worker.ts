import { conformance, type Folder } from "../../explain/conformance";
import { chooseBackend } from "../../worker/runtime/choose";
import type { CheckReply, CheckRequest } from "./check-folder";

const reply = (message: CheckReply): void => postMessage(message);

const folderAt = ({ name, url, files }: CheckRequest["folder"]): Folder => ({
  name,
  files,
  async read(path) {
    const response = await fetch(url + path.split("/").map(encodeURIComponent).join("/"));
    if (!response.ok) throw new Error(`no file: ${path} (status ${response.status})`);
    return new Uint8Array(await response.arrayBuffer());
  },
});

/** Runs on the device that is asked for, or not at all. */
async function check({ folder, device, options }: CheckRequest): Promise<void> {
  const { backend, notes } = await chooseBackend(device);
  if (backend.device !== device) throw new Error(`no ${device}: ${notes.join(" ")}`);
  await conformance(folderAt(folder), backend.create, options, (row) => reply({ row }));
}

addEventListener("message", ({ data }: MessageEvent<CheckRequest>) => {
  check(data).then(
    () => reply({ done: true }),
    (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
  );
});
