import type { Tensor } from "../../tensor/tensor";
import type { Engine, ModelFiles } from "../engine";
import { type Batch, feedsOf } from "../feeds";
import type { CreateSession } from "../session";

/** The answer of the unchanged file on the same runtime. */
export async function runStock(
  { model, external }: ModelFiles,
  { canonical, anatomy }: Engine,
  batch: Batch,
  create: CreateSession,
): Promise<Tensor> {
  const session = await create({ graph: model, external: [...external].map(([path, data]) => ({ path, data })) });
  try {
    const feeds = feedsOf(canonical.inputs, batch);
    // An empty cache must still have the width of a head, which some files leave open.
    const [{ value, layout }] = anatomy.sites.map((s) => s.k);
    const width = canonical.facts.dims(value)?.[layout.axes.findIndex((roles) => roles.includes("width"))] ?? 0;
    for (const { name, role } of canonical.inputs) {
      const { dtype, dims, data } = feeds[name];
      if (role === "past" && dims.at(-1) === 0) feeds[name] = { dtype, dims: [...dims.slice(0, -1), width], data };
    }
    const [{ name }] = canonical.answers;
    return (await session.run(feeds, [name]))[name];
  } finally {
    await session.release();
  }
}
