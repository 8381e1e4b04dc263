import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../tensor/utf8";
import { decodeModel } from "./decode";
import { OnnxError } from "./error";

const failure = (bytes: Uint8Array): OnnxError => {
  try {
    decodeModel(bytes);
  } catch (error) {
    if (error instanceof OnnxError) return error;
    throw error;
  }
  throw new Error("decoded");
};

describe("another file than ONNX", () => {
  test.each([
    ["an HTML or XML page", "<!DOCTYPE html><html><head></head></html>"],
    ["an HTML or XML page", '\ufeff\n  <?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'],
    ["JSON text", '{"error":"Repository not found"}'],
    ["a git-lfs pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"],
    ["a zip archive", "PK\x03\x04\x14\0\0\0"],
    ["a GGUF model", "GGUF\x03\0\0\0"],
    ["an ORT format model", "\x18\0\0\0ORTM\0\0"],
    ["a safetensors file", '\x40\0\0\0\0\0\0\0{"w":{}}'],
    ["an empty file", ""],
    ["doesn't begin like a model", "Entry not found"],
    ["doesn't begin like a model", "Invalid username or password."],
    ["no graph", "\x08\x08\x12\x07pytorch"],
  ])("%s", (what, text) => {
    const error = failure(encodeUtf8(text));
    expect(error.kind).toBe("not-onnx");
    expect(error.message).toContain(what);
  });

  test("random bytes", () => {
    expect(failure(Uint8Array.from({ length: 1000 }, (_, i) => (i * 167 + 13) & 0xff)).kind).toBe("not-onnx");
  });
});
