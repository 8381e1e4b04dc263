import { toFloat32 } from "../../tensor/half";
import type { Tensor } from "../../tensor/tensor";
import type { Encoding } from "../../text/encoding";
import type { MethodContext } from "../attribution";
import type { Engine } from "../engine";
import type { Passes } from "../passes";
import type { Target } from "../target";
import { unitsOf } from "../unit";
import { batchOf } from "./reference";

/** What a folder says of one input. */
export type About = Readonly<Record<string, unknown>>;

/** What a folder says of all its inputs. */
export interface Goldens {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The whole of goldens.json. */
  readonly about: About;
}

/** Inputs of one text or one image whose target is told, by their names. */
export function singleInputs({ tensors, about }: Goldens): [string, About][] {
  const inputs = (about.inputs ?? {}) as Record<string, About>;
  const isSingle = (input: string): boolean =>
    tensors.get(`${input}.input_ids`)?.dims.length === 1 || tensors.get(`${input}.pixel_values`)?.dims.length === 3;
  return Object.entries(inputs).filter(([input, of]) => isSingle(input) && typeof of.target === "number");
}

/**
 * The context in which a reference was computed: the same ids, target and replacements, and a unit a token. By the
 * references' convention every token may be taken away, special ones too, unless `players` names those that may. Of an
 * image the same pixels, and its patches.
 */
export async function goldenContext(
  engine: Engine,
  passes: Passes,
  goldens: Goldens,
  input: string,
  about: About,
): Promise<MethodContext> {
  const common = { engine, target: targetOf(engine, about), passes, seed: 0, onPartial: () => {} };
  const batch = batchOf(goldens.tensors, input);
  if (!batch) throw new Error(`no ids and no pixels: ${input}`);
  if ("pixels" in batch) {
    if (!engine.vision) throw new Error(`no ids: ${input} holds pixels, and this model reads text`);
    const [, , height, width] = batch.pixels.dims;
    const encoding = engine.vision.encode(height, width);
    const pixels = { ...batch.pixels, dims: batch.pixels.dims.slice(1) };
    return {
      ...common,
      trace: await engine.run(encoding, { pixels, range: null }),
      units: unitsOf(encoding, "token"),
      substitutes: { pad: null, mask: null, unknown: null },
    };
  }
  const [ids, mask, segments] = [batch.ids[0], batch.mask[0], batch.segments[0]];
  const tokens = (about.tokens ?? ids.map(String)) as string[];
  const specials = (about.special_mask ?? []) as number[];
  const encoding: Encoding = {
    ids,
    tokens,
    pieces: tokens,
    offsets: ids.map(() => null),
    mask,
    segments,
    special: ids.map((_, i) => specials[i] === 1),
    words: ids.map((_, i) => i),
  };
  const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
  const replacement = number(goldens.about.replacement_id);
  return {
    ...common,
    trace: await engine.run(encoding),
    units: ids.map((_, i) => ({ tokens: [i], special: false })),
    substitutes: { pad: number(goldens.about.ig_baseline_id), mask: replacement, unknown: replacement },
  };
}

/** The logit of the reference's class or token, at the position that it was read from. */
function targetOf({ task }: Pick<Engine, "task">, { target, readout_position }: About): Target {
  const whole = task === "text-classification" || task === "image-classification";
  return { position: whole ? null : Number(readout_position), index: Number(target) };
}

/** The same, with only the reference's players to be taken away. */
export function withPlayers(context: MethodContext, players: readonly number[]): MethodContext {
  return { ...context, units: context.units.map((u, i) => ({ ...u, special: !players.includes(i) })) };
}

/** A golden of the input as numbers. @throws where there is none */
export function numbers({ tensors }: Goldens, key: string): Float32Array {
  const tensor = tensors.get(key);
  if (!tensor) throw new Error(`no reference: ${key}`);
  return toFloat32(tensor);
}
