import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test as base, expect, type Locator, type Page, type Worker } from "@playwright/test";
import { readCatalog } from "../src/store/catalog";
import { type Hub, startHub } from "./hub-server";

/** The models that ship with the page; the first opens by itself. */
export const models = readCatalog(JSON.parse(readFileSync("models/index.json", "utf8"))).models;
export const shipped = models[0]!;

/** Where its files are. */
export const shippedFolder = `models/${shipped.id}`;

export const fixtures = "e2e/fixtures/conformance";

/** Whom the page asked, and what went wrong in it. Nothing outside is reachable: the browser resolves no name. */
export class Watch {
  readonly requests: string[] = [];
  readonly errors: string[] = [];
  #forgiven: readonly RegExp[] = [];
  readonly #origins = new Set<string>();

  constructor(page: Page, origin: string) {
    this.#origins.add(origin);
    page.context().on("request", (request) => this.requests.push(request.url()));
    page.on("pageerror", (error) => this.errors.push(`${error}`));
    page.on("console", (message) => message.type() === "error" && this.errors.push(message.text()));
  }

  /** Lets the page ask one more server. */
  allow(origin: string): void {
    this.#origins.add(origin);
  }

  /** Browsers report a request that fails in the console; a test that makes it fail says so. */
  forgive(...errors: readonly RegExp[]): void {
    this.#forgiven = [...this.#forgiven, ...errors];
  }

  /** Requests to anyone whom the test didn't allow. */
  get foreign(): string[] {
    return this.requests.filter((url) => /^(https?|wss?):/.test(url) && !this.#origins.has(new URL(url).origin));
  }

  check(): void {
    expect(this.foreign, "nobody else is asked").toEqual([]);
    expect(
      this.errors.filter((error) => !this.#forgiven.some((pattern) => pattern.test(error))),
      "no errors in the console",
    ).toEqual([]);
  }
}

type Side = "query" | "key";

/** The page, in the words of a person who uses it. */
export class Explorer {
  readonly view: Locator;
  readonly inspector: Locator;
  readonly status: Locator;
  readonly plot: Locator;
  readonly chips: Locator;
  readonly announcer: Locator;
  readonly notices: Locator;
  readonly modelChip: Locator;
  readonly rail: Locator;
  readonly textField: Locator;
  readonly target: Locator;
  readonly against: Locator;

  /** Asked of the page's server before the fragment: `?hub=...`. */
  search = "";

  constructor(
    readonly page: Page,
    readonly watch: Watch,
  ) {
    this.view = page.getByRole("main");
    this.inspector = page.getByRole("complementary", { name: "Inspector" });
    this.status = page.getByRole("contentinfo");
    this.plot = this.view.locator(".heads-plot");
    this.chips = page.getByRole("group", { name: "Tokens of the text" }).getByRole("button");
    this.announcer = page.locator("p[aria-live=polite]");
    this.notices = page.getByRole("list", { name: "Notices" });
    this.modelChip = page.getByRole("button", { name: /^Model: / });
    this.rail = page.getByRole("navigation", { name: "Views" });
    this.textField = page.getByRole("textbox", { name: /^(Text|First text|Token ids)$/ });
    this.target = page.getByRole("button", { name: /^Target: / });
    this.against = page.getByRole("button", { name: /^Against: / });
  }

  /** Opens the page at a link's fragment. */
  async visit(link = ""): Promise<void> {
    await this.page.goto(`./${this.search}${link && `#${link}`}`);
  }

  /** Opens the page and waits until its model has run. */
  async open(link = ""): Promise<void> {
    await this.visit(link);
    await this.settled();
  }

  /** Everything that is on screen is of the text that is typed. */
  async settled(): Promise<void> {
    await expect(this.announcer).toContainText("Result ready.", { timeout: 240_000 });
    await expect(this.view.locator("[aria-busy]")).toHaveAttribute("aria-busy", "false");
  }

  /** What each head is like has been measured. */
  async measured(): Promise<void> {
    await expect(this.page.getByText(/being measured|Measuring/)).toHaveCount(0);
  }

  /** Types a text in place of the one that is there, without waiting for its attention. */
  async type(text: string): Promise<void> {
    if (!(await this.textField.isVisible())) await this.page.getByRole("button", { name: "Edit text" }).click();
    await this.textField.fill(text);
  }

  /** Types a text and waits for its attention. */
  async explain(text: string): Promise<void> {
    await this.type(text);
    await this.textField.press("Enter");
    await this.settled();
  }

  column(side: Side): Locator {
    const name = side === "query" ? "Tokens that look" : "Tokens that are looked at";
    return this.view.getByRole("list", { name, exact: true });
  }

  rows(side: Side): Locator {
    return this.column(side).getByRole("button");
  }

  row(side: Side, position: number): Locator {
    return this.column(side).getByRole("button", { name: new RegExp(`, position ${position}, `) });
  }

  head(number: number): Locator {
    return this.view.getByRole("button", { name: new RegExp(`^Head ${number}(,|$)`) });
  }

  /** Numbers of the heads that are on. */
  async headsOn(): Promise<number[]> {
    const on = await this.view.locator(".swatch[aria-pressed=true]").allInnerTexts();
    return on.map(Number);
  }

  layer(number: number): Locator {
    return this.view.getByRole("radio", { name: `Layer ${number}`, exact: true });
  }

  /** A layer, chosen with the pointer. */
  async chooseLayer(number: number): Promise<void> {
    await this.view.locator(".stepper label").nth(number).click();
    await expect(this.layer(number)).toBeChecked();
  }

  cell(layer: number, head: number): Locator {
    return this.view.getByRole("button", { name: new RegExp(`^Head ${layer}\\.${head}(,|$)`) });
  }

  /** A section of the inspector, by its title. */
  section(title: string | RegExp): Locator {
    return this.inspector.locator("section").filter({ has: this.page.getByRole("heading", { name: title, level: 2 }) });
  }

  /** The rows of a section: token and number, as they read. */
  async strengths(title: string | RegExp): Promise<{ token: string; value: number }[]> {
    const rows = await this.section(title).getByRole("button").allInnerTexts();
    return rows.map((row) => {
      const [token, value] = row.split("\n").filter((part) => part.trim() !== "");
      return { token: token!, value: Number(value) };
    });
  }

  /** Every pixel of the lines. */
  lines(): Promise<string> {
    return this.view.locator(".plot-canvas").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** Every pixel of the thumbnails in Model. */
  thumbnails(): Promise<string> {
    return this.view.locator(".grid-canvas").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** Tokens that are lit as hovered, wherever they are. */
  get lit(): Locator {
    return this.page.locator("[data-lit=hover], .strength[data-lit]");
  }

  switch(name: string): Locator {
    return this.view.getByRole("switch", { name });
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  async openPicker(): Promise<Locator> {
    await this.modelChip.click();
    await expect(this.dialog).toBeVisible();
    return this.dialog;
  }

  /** An example in the picker, to open it; beside it is another button, which compares methods on it. */
  example(text: string): Locator {
    const literal = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return this.dialog.getByRole("button", { name: new RegExp(`^${literal}`) });
  }

  /** Drops files and folders of this machine on the page, as the system's file manager does. */
  async drop(...paths: readonly string[]): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: paths.map((path) => resolve(path)), dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await session.send("Input.dispatchDragEvent", { type, x: 600, y: 400, data });
    await session.detach();
  }

  /** Drops a model and waits until the text has run on it. */
  async dropModel(path: string, name: string | RegExp): Promise<void> {
    await this.drop(path);
    await expect(this.modelChip).toContainText(name);
    await expect(this.modelChip).toContainText(/WASM|WebGPU|nothing runs/);
  }

  /** What the page hands to the person's downloads. */
  async export(
    kind: "SVG" | "PNG" | "CSV" | "HTML" | "MD" | "JSON" | "Trace",
  ): Promise<{ name: string; data: Buffer }> {
    await this.page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      this.page.waitForEvent("download"),
      this.page.getByRole("menuitem", { name: new RegExp(`^${kind}:`) }).click(),
    ]);
    return { name: download.suggestedFilename(), data: readFileSync(await download.path()) };
  }

  /** The link that Share puts on the clipboard. */
  async shared(): Promise<string> {
    await this.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await this.page.getByRole("button", { name: "Share link" }).click();
    await expect(this.notices).toContainText("Link copied.");
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Answers of a server wait until the function that comes back is called. */
  async hold(url: RegExp): Promise<() => void> {
    let release = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    await this.page.route(url, async (route) => {
      await until;
      await route.fallback();
    });
    return release;
  }

  get worker(): Worker {
    const worker = this.page.workers().find((each) => /\/worker-/.test(each.url()));
    if (!worker) throw new Error("no worker: the model isn't on its way");
    return worker;
  }

  /** Results of passes wait in the worker until the function that comes back is called, as if the model were slow. */
  async holdRuns(): Promise<() => Promise<void>> {
    const worker = this.worker;
    await worker.evaluate(() => {
      const post = self.postMessage.bind(self) as (...message: unknown[]) => void;
      const held: unknown[][] = [];
      const isResult = (message: { value?: { value?: { trace?: number } } }) =>
        message.value?.value?.trace !== undefined;
      Object.assign(self, {
        postMessage: (...message: unknown[]) =>
          isResult(message[0] as object) ? void held.push(message) : post(...message),
        release: () => {
          Object.assign(self, { postMessage: post });
          for (const message of held) post(...message);
        },
      });
    });
    return () => worker.evaluate(() => (self as unknown as { release(): void }).release());
  }
}

interface Given {
  readonly explorer: Explorer;
  readonly hub: Hub;
}

export const test = base.extend<Given>({
  explorer: async ({ page, baseURL }, use) => {
    const watch = new Watch(page, new URL(baseURL!).origin);
    await use(new Explorer(page, watch));
    watch.check();
  },
  hub: async ({ explorer }, use) => {
    const hub = await startHub({ "someone/bert": `${fixtures}/bert-seqcls`, "someone/gpt2": `${fixtures}/gpt2` });
    explorer.watch.allow(new URL(hub.url).origin);
    explorer.search = `?hub=${encodeURIComponent(hub.url)}`;
    await use(hub);
    await hub.close();
  },
});
export { expect };
