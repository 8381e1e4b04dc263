import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-web";
import type { Session } from "../../explain/session";
import type { DType, Tensor, TypedArray } from "../../tensor/tensor";

/** What ONNX Runtime's JavaScript packages have in common; each brings its own `Tensor`. */
export interface Runtime {
  readonly Tensor: TensorConstructor;
}

type OrtType = OrtTensor.Type;

const withoutOrtType = new Set<DType>(["bfloat16", "string"]);

function toOrt(runtime: Runtime, name: string, { dtype, dims, data }: Tensor): OrtTensor {
  if (withoutOrtType.has(dtype)) throw new Error(`cannot feed: ${name} of type ${dtype}`);
  // ONNX Runtime reads a half float's bits from a Uint16Array, whether or not the engine has Float16Array.
  return new runtime.Tensor(dtype as OrtType, data as OrtTensor.DataType, [...dims]);
}

/** Half floats come back as a Float16Array where the engine has one; here they stand as their bits. */
const bits = (data: ArrayBufferView & { readonly length: number }): TypedArray =>
  data.constructor.name === "Float16Array"
    ? new Uint16Array(data.buffer, data.byteOffset, data.length)
    : (data as unknown as TypedArray);

async function fromOrt(name: string, value: OrtTensor): Promise<Tensor> {
  const data = await value.getData(true);
  if (Array.isArray(data)) throw new Error(`cannot fetch: ${name} of type string`);
  return { dtype: value.type as DType, dims: value.dims, data: bits(data as TypedArray) };
}

/** The last job of each runtime. */
const last = new WeakMap<TensorConstructor, Promise<unknown>>();

/**
 * Does a job after every other that was given for the same runtime: two at once, of one session or of two, hang a page
 * that runs on WebGPU, and there is no order between them that anyone could rely on elsewhere.
 */
export function queued<T>({ Tensor }: Runtime, job: () => Promise<T>): Promise<T> {
  const mine = (last.get(Tensor) ?? Promise.resolve()).then(job);
  last.set(
    Tensor,
    mine.catch(() => undefined), // a failure is its caller's; the chain goes on
  );
  return mine;
}

/** ONNX Runtime's session behind the interface of the engine. */
export function asSession(runtime: Runtime, inner: InferenceSession): Session {
  const run = async (feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]) => {
    const given = Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, toOrt(runtime, name, t)]));
    const results = await inner.run(given, fetches);
    const fetched: Record<string, Tensor> = {};
    for (const name of fetches) fetched[name] = await fromOrt(name, results[name] as OrtTensor);
    return fetched;
  };
  return {
    inputNames: inner.inputNames,
    outputNames: inner.outputNames,
    run: (feeds, fetches) => queued(runtime, () => run(feeds, fetches)),
    release: () => queued(runtime, () => inner.release()),
  };
}
