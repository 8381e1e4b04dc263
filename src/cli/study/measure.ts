import type { Attribution, Method, MethodContext } from "../../explain/attribution";
import type { Engine } from "../../explain/engine";
import { attribute } from "../../explain/explain";
import { measureFaithfulness } from "../../explain/faithfulness";
import type { Removal } from "../../explain/removal";

/** What one method gave on one text. */
export interface Measured {
  readonly method: string;
  /** Over the units that aren't special. */
  readonly values: readonly number[];
  readonly signed: boolean;
  readonly forward: number;
  readonly backward: number;
  /** Time of the processor, ms. */
  readonly ms: number;
  /** Means over the ks; null where no step has an answer. */
  readonly comprehensiveness: number | null;
  readonly sufficiency: number | null;
}

/** One text's line in the record: which text it was is told by its place alone. */
export interface Measurement {
  readonly text: number;
  /** Units that can be taken away. */
  readonly units: number;
  readonly tokens: number;
  readonly probability: number;
  /** Whether the likeliest class is the text's own label; null where none was given. */
  readonly right: boolean | null;
  /** A pass over the text, ms of the processor: the median of five. */
  readonly pass: number;
  readonly random: { readonly comprehensiveness: number | null; readonly sufficiency: number | null };
  /** What stood where units were taken away. */
  readonly removal: Removal;
  readonly methods: readonly Measured[];
  /** Methods that gave nothing, and why. */
  readonly failures: readonly { readonly method: string; readonly message: string }[];
}

/** Time of the processor so far, ms: other work on the machine doesn't count. */
export const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Explains one text by the methods and measures what they are worth, against `orders` random orders. */
export async function measure(
  engine: Pick<Engine, "run">,
  context: MethodContext,
  methods: readonly Method[],
  orders: number,
): Promise<Omit<Measurement, "text" | "right">> {
  const { trace, units } = context;
  const runs: number[] = [];
  for (let i = 0; i < 5; i++) {
    const started = processorTime();
    await engine.run(trace.encoding);
    runs.push(processorTime() - started);
  }
  const attributions: Attribution[] = [];
  const failures: { method: string; message: string }[] = [];
  for (const method of methods) {
    try {
      attributions.push(await attribute(method, context, {}, processorTime));
    } catch (error) {
      failures.push({ method: method.id, message: error instanceof Error ? error.message : String(error) });
    }
  }
  const { probability, random, removal, methods: found } = await measureFaithfulness(context, attributions, { orders });
  const players = units.flatMap((u, i) => (u.special ? [] : [i]));
  return {
    units: players.length,
    tokens: trace.encoding.ids.length,
    probability,
    pass: runs.sort((a, b) => a - b)[2],
    random: random.mean,
    removal,
    methods: attributions.map(({ method, values, signed, cost }, i) => ({
      method,
      values: players.map((p) => values[p]),
      signed,
      ...cost,
      ...found[i].mean,
    })),
    failures,
  };
}
