import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const python = process.env.NOTEBOOK_PYTHON ?? "";
const token = "story";

/** A running JupyterLab over a folder of its own, with the example in it. */
export interface Lab {
  readonly folder: string;
  /** The address of a path, with what lets a browser in. */
  at(path: string): string;
  close(): Promise<void>;
}

/** Settings of this folder alone, so that nothing of the machine's own Jupyter is read or changed. */
const environmentOf = (home: string): NodeJS.ProcessEnv => ({
  ...process.env,
  PYTHONPATH: resolve("notebook"),
  JUPYTER_NO_CONFIG: "1",
  JUPYTER_CONFIG_DIR: join(home, "config"),
  JUPYTER_DATA_DIR: join(home, "data"),
  JUPYTER_RUNTIME_DIR: join(home, "runtime"),
  JUPYTERLAB_SETTINGS_DIR: join(home, "settings"),
  JUPYTERLAB_WORKSPACES_DIR: join(home, "workspaces"),
  IPYTHONDIR: join(home, "ipython"),
});

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

/** Starts JupyterLab and waits until it answers. */
export async function startLab(): Promise<Lab> {
  if (!python) throw new Error("no Python: run this by `npm run test:notebook`");
  const home = mkdtempSync(join(tmpdir(), "attention-explorer-lab-"));
  const folder = join(home, "notebooks");
  mkdirSync(folder);
  copyFileSync("notebook/examples/attention.ipynb", join(folder, "attention.ipynb"));
  const quiet = join(home, "settings/@jupyterlab/apputils-extension");
  mkdirSync(quiet, { recursive: true });
  writeFileSync(
    join(quiet, "notification.jupyterlab-settings"),
    JSON.stringify({ fetchNews: "false", checkForUpdates: false }),
  );
  const port = await freePort();
  const settings = {
    "ServerApp.ip": "127.0.0.1",
    "ServerApp.port": port,
    "ServerApp.port_retries": 0,
    "ServerApp.root_dir": folder,
    "ServerApp.allow_root": "True",
    "ServerApp.open_browser": "False",
    "IdentityProvider.token": token,
    "LabApp.extension_manager": "readonly",
  };
  const server = spawn(
    python,
    ["-m", "jupyterlab", ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)],
    { env: environmentOf(home), stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  server.stderr.on("data", (chunk) => {
    log = (log + chunk).slice(-4000);
  });
  const ended = new Promise<never>((_, fail) => {
    server.on("error", fail);
    server.on("close", (status) => fail(new Error(`JupyterLab ended with status ${status}:\n${log}`)));
  });
  ended.catch(() => undefined); // told while it starts; later it is meant
  const at = (path: string) => `http://127.0.0.1:${port}/${path}${path.includes("?") ? "&" : "?"}token=${token}`;
  const answers = async () => {
    for (;;) {
      const answer = await fetch(at("api/status")).catch(() => null);
      if (answer?.ok) return;
      await new Promise((next) => setTimeout(next, 200));
    }
  };
  await Promise.race([answers(), ended]);
  return {
    folder,
    at,
    async close() {
      await fetch(at("api/shutdown"), { method: "POST", headers: { Authorization: `token ${token}` } });
      await ended.catch(() => undefined);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
