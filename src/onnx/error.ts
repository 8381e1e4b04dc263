/** `not-onnx`: another kind of file. `truncated`: cut short. `malformed`: breaks the format. `unsupported`: valid, but
 * not held by `Model`. `too-large`: more parts than any model has. `missing`: an external data file isn't there. */
export type OnnxErrorKind = "not-onnx" | "truncated" | "malformed" | "unsupported" | "too-large" | "missing";

/** What decoding, encoding and reading attributes throw; nothing else is thrown for bad bytes. */
export class OnnxError extends Error {
  constructor(
    readonly kind: OnnxErrorKind,
    message: string,
    /** Where in the file it went wrong, or null where that isn't a place in a file. */
    readonly offset: number | null = null,
  ) {
    super(offset === null ? message : `${message} (byte ${offset})`);
    this.name = "OnnxError";
  }
}
