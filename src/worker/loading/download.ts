import { fail } from "../failure";
import type { OnBytes } from "./folder";

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * `fetch` that tells a person what went wrong; also of an answer that was asked for before.
 *
 * @throws network where there is no answer; AbortError where it is cancelled
 */
export async function request(
  url: string | URL,
  init: RequestInit,
  asked: Promise<Response> = fetch(url, init),
): Promise<Response> {
  try {
    return await asked;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw fail("network", `no answer: ${url} (${reason(error)})`);
  }
}

const lengthOf = (response: Response): number | null => {
  const header = response.headers.get("content-length");
  return header === null ? null : Number(header);
};

/**
 * The response with a body that fails where it ends too early, so that nobody takes or keeps a part for the whole.
 * Text may be compressed on its way, and its stated length is then another.
 */
export function untruncated(response: Response, path: string): Response {
  if (!response.body || response.status !== 200) return response;
  const total = /\.(json|txt)$/.test(path) ? null : lengthOf(response);
  let done = 0;
  const cut = () => fail("truncated", `download cut short: ${path} (${done} of ${total ?? "?"} bytes came; try again)`);
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done: end, value } = await reader.read();
        if (value) {
          done += value.length;
          controller.enqueue(value);
        } else if (end && total !== null && done < total) controller.error(cut());
        else controller.close();
      } catch (error) {
        controller.error(isAbort(error) ? error : cut());
      }
    },
    cancel: (why) => reader.cancel(why),
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** All bytes of a stream, in one buffer that is made once where the length is known. */
export async function readStream(
  stream: ReadableStream<Uint8Array>,
  total: number | null,
  onBytes: OnBytes,
): Promise<Uint8Array> {
  let buffer = new Uint8Array(total ?? 0);
  let done = 0;
  const reader = stream.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (!value) break;
    if (done + value.length > buffer.length) {
      const larger = new Uint8Array(Math.max(2 * buffer.length, done + value.length));
      larger.set(buffer);
      buffer = larger;
    }
    buffer.set(value, done);
    done += value.length;
    onBytes(done, total);
  }
  onBytes(done, done);
  return done === buffer.length ? buffer : buffer.slice(0, done);
}
