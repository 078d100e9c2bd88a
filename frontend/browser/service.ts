/** A service of its own for a browser test: started, waited for, and ended with everything that it started. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../..");
const BIN = process.env.WEBFOOT_BIN ?? join(ROOT, ".venv/bin");
const SETTINGS = "settings.json";
const STARTED_MS = 90_000;

export interface Settings {
  [name: string]: unknown;
}

/** `webfoot serve` in a folder that is thrown away. */
export class Service {
  readonly folder: string;
  readonly address: string;
  /** The one-time link that makes the first administrator. */
  readonly link: string;
  private readonly process: ChildProcess;

  private constructor(folder: string, address: string, link: string, process: ChildProcess) {
    [this.folder, this.address, this.link, this.process] = [folder, address, link, process];
  }

  static async start(settings: Settings = {}): Promise<Service> {
    const folder = await mkdtemp(join(tmpdir(), "webfoot-browser-"));
    await writeFile(join(folder, SETTINGS), JSON.stringify({ data_dir: join(folder, "data"), ...settings }));
    const port = await freePort();
    const serve = ["serve", "--port", String(port), "--settings", SETTINGS];
    const process = spawn(join(BIN, "webfoot"), serve, { cwd: folder });
    const address = `http://127.0.0.1:${port}`;
    const link = await linkIn(process, address);
    await answers(`${address}/healthz`);
    return new Service(folder, address, link, process);
  }

  /** What a command of `webfoot` prints, run in the service's folder. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await run(join(BIN, "webfoot"), words, { cwd: this.folder });
    return stdout;
  }

  /** What a command about the service itself prints. */
  administer(...words: string[]): Promise<string> {
    return this.command(...words, "--settings", SETTINGS);
  }

  /** What a script prints that has `webfoot` and what it stands on. */
  async python(script: string, ...words: string[]): Promise<string> {
    const { stdout } = await run(join(BIN, "python"), ["-c", script, ...words], { cwd: this.folder });
    return stdout;
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

function linkIn(process: ChildProcess, address: string): Promise<string> {
  return new Promise((found, failed) => {
    let said = "";
    const late = setTimeout(() => failed(new Error(`no link within ${STARTED_MS} ms: ${said}`)), STARTED_MS);
    const hear = (data: Buffer) => {
      said += data.toString();
      const link = said.match(new RegExp(`${address}/\\S+`))?.[0];
      if (!link) return;
      clearTimeout(late);
      found(link);
    };
    process.stdout?.on("data", hear);
    process.stderr?.on("data", hear);
    process.once("exit", (code) => failed(new Error(`webfoot serve ended with ${code}: ${said}`)));
  });
}

async function answers(url: string): Promise<void> {
  const until = Date.now() + STARTED_MS;
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > until) throw new Error(`${url} does not answer`);
    await new Promise((later) => setTimeout(later, 50));
  }
}
