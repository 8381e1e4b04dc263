import type { Anatomy, Tap } from "../graph/anatomy";
import { readTap } from "../graph/anatomy/read";
import type { Canonical } from "../graph/canonicalise";
import { GraphError } from "../graph/error";
import type { Tensor } from "../tensor/tensor";
import type { Encoding } from "../text/encoding";
import { type Batch, batchOfOne } from "./feeds";
import type { ImageInput, SiteInfo, Trace } from "./trace";

export interface Runnable {
  readonly canonical: Canonical;
  readonly anatomy: Anatomy;
  readonly sites: readonly SiteInfo[];
  runBatch(batch: Batch, fetches: readonly string[]): Promise<Record<string, Tensor>>;
}

/** Attention of more bytes than this is fetched site by site when it is read, each by a pass of its own. */
const atOnce = 256 * 2 ** 20;

/** Runs a text or an image once and keeps what it read. Anything not fetched then costs another pass when it is first asked for. */
export async function traceOf(
  { canonical, anatomy, sites, runBatch }: Runnable,
  encoding: Encoding,
  image?: ImageInput,
): Promise<Trace> {
  const batch = batchOfOne(encoding, image);
  const tokens = encoding.ids.length;
  const all = anatomy.sites.reduce((n, s) => n + s.heads * tokens * tokens * 4, 0) <= atOnce;
  const answers = canonical.answers.map((a) => a.name);
  const kept = await runBatch(batch, [...answers, ...(all ? anatomy.sites.map((s) => s.probs.value) : [])]);
  const fetch = async (value: string): Promise<Tensor> => {
    if (!kept[value]) Object.assign(kept, await runBatch(batch, [value]));
    return kept[value];
  };
  const read = async (tap: Tap, columns: "key" | "width", head?: number) =>
    readTap(await fetch(tap.value), tap.layout, { batch: 1, tokens }, columns, 0, head);
  /** Of keys or values, which several heads may share: one for each head of the site. */
  const shared = async (tap: Tap, headOf: readonly number[], head?: number): Promise<Tensor> => {
    if (head === undefined && tap.layout.heads < headOf.length) {
      const each = await Promise.all(headOf.map((h) => read(tap, "width", h)));
      const data = new Float32Array(each.length * each[0].data.length);
      each.forEach((one, h) => {
        data.set(one.data as Float32Array, h * one.data.length);
      });
      return { dtype: "float32", dims: [each.length, ...each[0].dims], data };
    }
    return read(tap, "width", head === undefined ? undefined : (headOf[head] ?? head));
  };
  const site = (index: number) => {
    const found = anatomy.sites[index];
    if (!found) throw new Error(`no attention site: ${index} of ${anatomy.sites.length}`);
    return found;
  };
  return {
    encoding,
    ...(image && { image }),
    sites,
    logits: rowOf(kept[answers[0]]),
    answers: answers.map((name) => rowOf(kept[name])),
    attention: (index, head) => read(site(index).probs, "key", head),
    queries: (index, head) => read(site(index).q, "width", head),
    keys: (index, head) => shared(site(index).k, site(index).kHead, head),
    values: (index, head) => shared(site(index).v, site(index).vHead, head),
    async residual(layer) {
      const tap = anatomy.residual?.layers[layer];
      if (!tap)
        throw new GraphError(
          "no residual stream",
          anatomy.residual ? `layer ${layer}` : "it was not found in this graph",
        );
      const { dims, data } = await read(tap, "width");
      return { dtype: "float32", dims: dims.slice(1), data };
    },
  };
}

/** A result without its batch axis of one. */
const rowOf = ({ dtype, dims, data }: Tensor): Tensor => ({ dtype, dims: dims.slice(1), data });
