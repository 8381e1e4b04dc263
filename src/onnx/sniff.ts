const text = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + length));

/**
 * What a file that isn't ONNX is, told from how it begins, or null where it may be ONNX. No ModelProto begins like any
 * of these: its first field would have a wrong wire type or an unknown number.
 */
export function otherFormat(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "an empty file";
  const head = text(bytes, 0, 512).replace(/^\xef\xbb\xbf/, "");
  if (head.startsWith("version https://git-lfs"))
    return "a git-lfs pointer; fetch the file that it stands for (git lfs pull)";
  if (/^\s*<(!|\?|html|head|body)/i.test(head))
    return "an HTML or XML page; the address answers with a page, not a model";
  if (/^\s*(\{\s*("|\}|$)|\[\s*["{[\]])/.test(head))
    return "JSON text; the address answers with a message, not a model";
  if (head.startsWith("PK\x03\x04") || head.startsWith("PK\x05\x06"))
    return "a zip archive; unpack it (a PyTorch checkpoint must be exported to ONNX)";
  if (head.startsWith("\x1f\x8b")) return "a gzip archive; unpack it";
  if (head.startsWith("GGUF")) return "a GGUF model; only ONNX files are read";
  if (head.startsWith("\x89HDF")) return "an HDF5 file; export the model to ONNX";
  if (text(bytes, 4, 4) === "ORTM") return "an ORT format model; use the .onnx file that it was converted from";
  if (text(bytes, 5, 4) === "\0\0\0{" && bytes.length > 9) return "a safetensors file; export the model to ONNX";
  return null;
}
