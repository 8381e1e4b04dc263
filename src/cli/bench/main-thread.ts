import type { Page } from "@playwright/test";

/** Two frames, after which what was asked for is on screen. */
const frames = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

/** The work of a page's main thread: script, style, layout and paint. Other work on the machine doesn't count. */
export class MainThread {
  private constructor(
    private readonly page: Page,
    private readonly metric: (name: string) => Promise<number>,
  ) {}

  static async of(page: Page): Promise<MainThread> {
    const client = await page.context().newCDPSession(page);
    await client.send("Performance.enable", { timeDomain: "threadTicks" });
    return new MainThread(page, async (name) => {
      const { metrics } = await client.send("Performance.getMetrics");
      return metrics.find((each) => each.name === name)!.value;
    });
  }

  /** Milliseconds that something takes it, until two frames after it was done. */
  async during(act: () => Promise<unknown>): Promise<number> {
    await frames(this.page);
    const before = await this.metric("TaskDuration");
    await act();
    await frames(this.page);
    return 1000 * ((await this.metric("TaskDuration")) - before);
  }
}
