import type { CreateSession } from "../explain/session";

export async function openBrowserRuntime(
  name: "wasm" | "webgpu",
): Promise<{ create: CreateSession; close(): Promise<void> }> {
  throw new Error(`no runtime: ${name}`);
}
