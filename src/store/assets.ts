import { ExplainerError } from "../worker/protocol";
import type { Assets } from "./actions/context";
import { readCatalog } from "./catalog";
import { readExamples } from "./example";

async function get(url: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw new ExplainerError({ code: "network", message: `no answer: ${url}` });
  }
  if (!response.ok) throw new ExplainerError({ code: "not-found", message: `not found: ${url} (${response.status})` });
  return response;
}

/** The files that the page brings along, under `base` (which ends in a slash). */
export const assetsAt = (base: string): Assets => ({
  catalog: async () => readCatalog(await (await get(`${base}models/index.json`)).json()),
  async examples() {
    const [json, data] = await Promise.all([get(`${base}example.json`), get(`${base}example.bin`)]);
    return readExamples(await json.json(), await data.arrayBuffer());
  },
});
