import type { ShippedModel } from "./shipped";

/** Answers that were asked for before the code that reads them was there, by their addresses. */
const answers = new Map<string, Promise<Response>>();

/** Reads on, whether or not somebody waits for it: a body that nobody reads is held up on its way. */
function readOn(response: Response): Response {
  if (!response.body) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          controller.enqueue(value);
        }
        controller.close();
      } catch (error) {
        controller.error(error);
      }
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

function ask(url: URL): Promise<Response> {
  const answer = fetch(url).then(readOn);
  answer.catch(() => undefined); // told to whoever takes it
  answers.set(url.href, answer);
  return answer;
}

/** What was asked for at this address, for one who reads it; undefined where it wasn't. */
export function takeAhead(url: URL): Promise<Response> | undefined {
  const answer = answers.get(url.href);
  answers.delete(url.href);
  return answer;
}

/**
 * Asks for what every load of a shipped model reads: the first model's where no id is given. Of several graphs one will be
 * chosen, so none is asked for yet.
 */
export async function askShipped(base: string, id: string | null): Promise<void> {
  const index = ask(new URL("index.json", base));
  const { models } = (await (await index).clone().json()) as { readonly models: readonly ShippedModel[] };
  const model = id === null ? models[0] : models.find((each) => each.id === id);
  if (!model) return;
  const named = (end: string) => model.files.flatMap(({ path }) => (path.endsWith(end) ? [path] : []));
  const graphs = named(".onnx");
  for (const path of [...named(".json"), ...(graphs.length === 1 ? graphs : [])])
    ask(new URL(`${model.id}/${path}`, base));
}
