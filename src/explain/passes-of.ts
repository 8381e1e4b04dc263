import { GraphError } from "../graph/error";
import { toFloat32 } from "../tensor/half";
import { softmax, targetValue } from "./candidates";
import type { Engine } from "./engine";
import type { Passes, PassResult, PassRow, Wanted } from "./passes";

/** So many tokens are run at once. */
const tokensAtOnce = 2048;

/** An engine as methods use it. `letThrough` is waited for between chunks, and may throw to end the run. */
export function passesOf(
  engine: Pick<Engine, "runBatch" | "canonical">,
  letThrough: () => Promise<void> = async () => {},
): Passes {
  const spent = { forward: 0, backward: 0 };
  const answer = engine.canonical.answers[0].name;
  return {
    spent,
    has: () => false,
    pause: letThrough,
    async embeddings() {
      throw new GraphError("unsupported form", "word embeddings of ids");
    },
    async run(rows, wanted, onRow) {
      if (wanted.by?.length || wanted.read?.length || rows.some((r) => r.base))
        throw new GraphError("unsupported form", "a pass that reads or goes back");
      for (const chunk of chunksOf(rows)) {
        await letThrough();
        const some = chunk.map((i) => rows[i]);
        const batch = {
          ids: some.map((r) => r.ids),
          mask: some.map((r) => r.mask),
          segments: some.map((r) => r.segments),
        };
        const { [answer]: logits } = await engine.runBatch(batch, [answer]);
        spent.forward += some.length;
        const data = toFloat32(logits);
        const each = data.length / some.length;
        some.forEach(({ position }, i) => {
          const own = data.subarray(i * each, (i + 1) * each);
          const width = logits.dims[logits.dims.length - 1];
          const row =
            logits.dims.length < 3 ? own : own.subarray((position ?? 0) * width, ((position ?? 0) + 1) * width);
          onRow(resultOf(row.slice(), wanted), chunk[i]);
        });
      }
    },
  };
}

/** Indices of rows that are run together: of one length, in their order. */
function chunksOf(rows: readonly PassRow[]): number[][] {
  const chunks: number[][] = [];
  const open = new Map<number, number[]>();
  rows.forEach(({ ids: { length } }, i) => {
    const chunk = open.get(length);
    if (chunk && (chunk.length + 1) * length <= tokensAtOnce) chunk.push(i);
    else {
      const fresh = [i];
      open.set(length, fresh);
      chunks.push(fresh);
    }
  });
  return chunks;
}

function resultOf(row: Float32Array, { target }: Wanted): PassResult {
  const nothing = (): never => {
    throw new Error("not asked for: name it in `read` or `by`");
  };
  return {
    row,
    value: targetValue(row, target),
    logit: targetValue(row, { ...target, as: "logit" }),
    probability: softmax(row)[target.index],
    read: nothing,
    cotangent: nothing,
  };
}
