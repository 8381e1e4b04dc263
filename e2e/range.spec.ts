import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Explorer, expect, test } from "./fixtures";

/** Attention of 24 layers of 16 heads over 1,024 tokens as half floats: 805 MB, of which none is written anywhere. */
const [layers, heads, tokens] = [24, 16, 1024];
const headBytes = tokens * tokens * 2;
const siteBytes = heads * headBytes;
const attentionBytes = layers * siteBytes;
const one = 0x3c00;

const pieces = Array.from({ length: tokens }, (_, i) => (i === 0 ? "<s>" : `Ġw${i}`));
const header = (() => {
  const about = {
    model: { name: "a large model" },
    tokens: { decoder: { tokens: pieces } },
    sites: Array.from({ length: layers }, (_, layer) => ({ layer, kind: "decoder", heads })),
  };
  const tensors = Object.fromEntries(
    about.sites.map((_, site) => [
      `attention.${site}`,
      { dtype: "F16", shape: [heads, tokens, tokens], data_offsets: [site * siteBytes, (site + 1) * siteBytes] },
    ]),
  );
  const metadata = { format: "attention-explorer-trace", version: "1", about: JSON.stringify(about) };
  const json = Buffer.from(JSON.stringify({ __metadata__: metadata, ...tensors }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json]);
})();
const total = header.length + attentionBytes;

/** Whom a head looks at: head h of any layer at the token h places before, or the first. */
const lookedAt = (head: number, row: number): number => Math.max(0, row - head);

/** Bytes [start, end) of the file, worked out when they are asked for. */
function bytesOf(start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  if (start < header.length) header.copy(bytes, 0, start, Math.min(end, header.length));
  const rowBytes = tokens * 2;
  const [from, to] = [Math.max(0, start - header.length), end - header.length];
  for (let row = Math.floor(from / rowBytes); row * rowBytes < to; row++) {
    const at = row * rowBytes + 2 * lookedAt(Math.floor(row / tokens) % heads, row % tokens) - (start - header.length);
    if (at >= 0 && at + 2 <= bytes.length) bytes.writeUInt16LE(one, at);
  }
  return bytes;
}

/** The file on a server that knows ranges, and how many bytes of it were asked for since the last count. */
async function traceServer() {
  let read = 0;
  let whole = 0;
  const server = createServer((request, response) => {
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "range" };
    if (request.method === "OPTIONS") return void response.writeHead(204, cors).end();
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    if (!range) {
      whole += 1;
      return void response.writeHead(500, cors).end();
    }
    const [start, last] = [Number(range[1]), Math.min(Number(range[2]), total - 1)];
    read += last + 1 - start;
    const headers = { ...cors, "content-range": `bytes ${start}-${last}/${total}`, "content-length": last + 1 - start };
    response.writeHead(206, headers).end(bytesOf(start, last + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/large.safetensors`,
    /** Bytes since it was last called; none of them may be of the whole file at once. */
    read(): number {
      expect(whole, "asked for without a range").toBe(0);
      const bytes = read;
      read = 0;
      return bytes;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const firstRead = 64 * 1024;

async function open(explorer: Explorer, more: string) {
  const server = await traceServer();
  explorer.watch.allow(server.origin);
  await explorer.open(`trace=${encodeURIComponent(server.url)}${more}`);
  await expect(explorer.modelChip).toContainText("a large model");
  return server;
}

test("of a trace of 805 MB that is far away, only the heads that are looked at are read", async ({
  explorer,
  page,
}) => {
  expect(total).toBeGreaterThan(805e6);
  const server = await open(explorer, "&view=heads&layer=3&heads=5");
  await expect(explorer.rows("query").first()).toContainText("<s>");
  // The header, its start by the first read, and one head: a quarter of a percent of the file.
  const first = server.read();
  expect(first).toBeGreaterThanOrEqual(headBytes);
  expect(first).toBeLessThan(headBytes + 3 * firstRead);
  expect(first / total).toBeLessThan(0.003);

  await explorer.head(6).click();
  await expect.poll(() => explorer.headsOn()).toEqual([5, 6]);
  await explorer.settled();
  await expect.poll(() => server.read()).toBe(headBytes);

  // What it drew is what the file says: the token 5 places before.
  await explorer.row("query", 12).click();
  await expect.poll(async () => (await explorer.strengths(/looks at|attends to/i))[0]?.token).toMatch(/^w[67]$/);

  await explorer.rail.getByRole("button", { name: "Model" }).click();
  await expect(explorer.view).toContainText("A head of this trace is read when you open it.");
  await explorer.settled();
  expect(server.read(), "Model reads nothing unasked").toBe(0);
  await explorer.cell(7, 2).click();
  await expect.poll(() => server.read()).toBe(headBytes);
  await expect(explorer.inspector).toContainText("Head 7.2");
  await expect(explorer.inspector).toContainText("aren't measured");
  await expect(explorer.inspector.getByRole("button", { name: "Show in Heads" })).toBeVisible();
  await page.screenshot({ path: test.info().outputPath("far-model.png") });

  await explorer.rail.getByRole("button", { name: "Rollout" }).click();
  await expect(explorer.view.getByRole("alert")).toContainText("needs all 805 MB of this trace");
  expect(server.read() / total).toBeLessThan(0.05);
  server.close();
});

test("all of its heads are read when someone asks for them, each once", async ({ explorer }) => {
  const server = await open(explorer, "&view=model");
  server.read();
  const before = await explorer.thumbnails();
  await explorer.view.getByRole("button", { name: "Read all, 805 MB" }).click();
  let bytes = 0;
  await expect
    .poll(() => {
      bytes += server.read();
      return bytes;
    })
    .toBeGreaterThanOrEqual(attentionBytes);
  expect(bytes).toBe(attentionBytes);
  await expect.poll(() => explorer.thumbnails()).not.toBe(before);
  server.close();
});
