import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { expect, type FrameLocator, test } from "@playwright/test";
import { python } from "./jupyter";

// Editors that can't be installed here show outputs in pages with rules of their own: a cell's HTML is put into such pages.

const tokens = ["[CLS]", "same", "here", "[SEP]"];

/** What a call of the package leaves in a notebook. */
function cell(): string {
  const code = `import numpy, sys, attention_explorer as a
numpy.random.seed(0)
weights = numpy.random.rand(2, 1, 3, 4, 4)
print(a.head_view(list(weights / weights.sum(-1, keepdims=True)), ${JSON.stringify(tokens)}, html_action="return").data)`;
  const { stdout, stderr } = spawnSync(python, ["-c", code], {
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: resolve("notebook") },
  });
  expect(stdout, stderr).toContain("<iframe");
  return stdout;
}

/** A page that gets outputs as messages, writes them as HTML and gives scripts the chance to run, as notebooks do. */
const outputPage = (policy: string) => `<!doctype html><meta charset="utf-8"><title>outputs</title>
<meta http-equiv="Content-Security-Policy" content="${policy}"><body style="color: #eee; background: #222"><div id="output"></div>
<script>
  addEventListener("message", ({ data, source }) => {
    if (source !== parent) return;
    const output = document.getElementById("output");
    output.innerHTML = data;
    for (const script of output.querySelectorAll("script")) {
      const again = document.createElement("script");
      for (const { name, value } of script.attributes) again.setAttribute(name, value);
      again.textContent = script.textContent;
      script.replaceWith(again);
    }
  });
</script>`;

/** Each by its documentation, or the source where that is public. */
const editors = {
  "VS Code": {
    sandbox: "allow-scripts allow-same-origin allow-forms allow-pointer-lock allow-downloads",
    policy:
      "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' https: http: data:; font-src 'self' https:; connect-src https:; child-src https: data:",
  },
  Colab: {
    sandbox: "allow-downloads allow-forms allow-pointer-lock allow-popups allow-same-origin allow-scripts",
    policy: "frame-ancestors *",
  },
  "a sandbox without an origin": { sandbox: "allow-scripts", policy: "object-src 'none'" },
} as const;

for (const [name, { sandbox, policy }] of Object.entries(editors))
  test(`within the rules of ${name} a view is drawn from its cell alone`, async ({ page }) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    const asked: string[] = [];
    const serve = async (html: string): Promise<Server> => {
      const server = createServer((request, response) => {
        if (request.url !== "/favicon.ico") asked.push(request.url ?? "");
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
      });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      return server;
    };
    const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const inner = await serve(outputPage(policy));
    const frame = `<iframe title="outputs" width="1000" height="700" sandbox="${sandbox}" src="${addressOf(inner)}"></iframe>`;
    const editor = await serve(`<!doctype html><title>editor</title>${frame}`); // of another origin, by its port
    await page.goto(addressOf(editor));
    const outputs = page.frameLocator("iframe[title=outputs]");
    await expect(outputs.locator("#output")).toBeAttached();
    await page.evaluate((html) => document.querySelector("iframe")!.contentWindow!.postMessage(html, "*"), cell());
    const view: FrameLocator = outputs.frameLocator("iframe[srcdoc]");
    const looks = view.getByRole("list", { name: "Tokens that look", exact: true }).getByRole("button");
    await expect(looks).toHaveText(tokens);
    await looks.nth(1).click();
    await expect(looks.nth(1)).toHaveAttribute("aria-pressed", "true");
    const colours = () =>
      view.locator(".plot-canvas").evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
    await expect.poll(colours).toBeGreaterThan(20);
    expect(errors).toEqual([]);
    expect(asked).toEqual(["/", "/"]);
    for (const server of [inner, editor]) {
      server.close();
      server.closeAllConnections();
    }
  });
