// Builds an example of examples/, and opens it in Chromium, over a real server. All examples have the same labels.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { startTestServer, type TestServer, startChromium } from "@projostack/api/testing";
import type { Page } from "playwright-core";

export interface ExampleApplication {
  readonly server: TestServer;
  /** The exceptions of the pages. */
  readonly problems: readonly string[];
  /** Opens the application in a browser of its own. */
  open(): Promise<Page>;
  close(): Promise<void>;
}

interface Program {
  /** The folder below examples. */
  readonly example: string;
  /** A file of a package that the example depends on, such as `vite/bin/vite.js`. */
  readonly bin: string;
  readonly build: readonly string[];
  /** The arguments that start the built application on a free port of 127.0.0.1. */
  readonly start: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function startExample({
  example,
  bin,
  build,
  start,
  env = {},
}: Program): Promise<ExampleApplication> {
  const cwd = join(import.meta.dirname, "../../examples", example);
  const [server, browser] = await Promise.all([
    startTestServer({ PROJO_TRUSTED_PROXIES: "127.0.0.1" }),
    startChromium(),
  ]);
  const path = binOf(cwd, bin);
  const options = { cwd, env: { ...process.env, NODE_ENV: "production", PROJO_URL: server.url, ...env } };
  const stop = async () => {
    await browser.close();
    await server.close();
  };
  try {
    await promisify(execFile)(process.execPath, [path, ...build], options);
    const web = await startWebServer([path, ...start], options);
    const problems: string[] = [];
    return {
      server,
      problems,
      open: async () => {
        const context = await browser.newContext();
        context.setDefaultTimeout(20_000);
        context.on("weberror", (error) => void problems.push(String(error.error())));
        const page = await context.newPage();
        await page.goto(web.url);
        return page;
      },
      close: async () => {
        await web.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export async function fillSignIn(page: Page, email: string, password: string, button: string): Promise<void> {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: button }).click();
}

export async function create(page: Page, label: string, name: string): Promise<void> {
  await page.getByLabel(label).fill(name);
  await page.getByRole("button", { name: "Create" }).click();
}

function binOf(cwd: string, bin: string): string {
  const [name = "", ...file] = bin.split("/");
  const manifest = createRequire(join(cwd, "package.json")).resolve(`${name}/package.json`);
  return join(dirname(manifest), ...file);
}

/** Starts a web server, and waits until it prints its address. */
async function startWebServer(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const exit = once(child, "exit");
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await exit;
  };
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: unknown) => {
      output += stripVTControlCharacters(String(chunk));
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", () => reject(new Error(`The web server exited. Its output:\n${output}`)));
  });
  return { url, stop };
}
