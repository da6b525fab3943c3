// A person at a shell, for tests: a home directory of their own, and everything a command line writes, kept.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import type { Fetch } from "@projostack/sdk";
import type { Io } from "../src/io.ts";
import { isRunning } from "../src/is-running.ts";
import { run } from "../src/run.ts";

export interface Outcome {
  code: number;
  /** What went to stdout. */
  out: string;
  /** What went to stderr. */
  err: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** Piped in. */
  stdin?: string;
  fetch?: Fetch;
  /** Someone looks at stdout, on a terminal of this width. */
  columns?: number;
  /** Someone types these, one after another, each when the text before it has been shown. */
  types?: readonly (readonly [after: string, keys: string])[];
  /** Gets what Ctrl-C does. */
  onStart?: (interrupt: () => void) => void;
}

export interface Shell {
  readonly home: string;
  readonly directory: string;
  projo: (argv: readonly string[], options?: RunOptions) => Promise<Outcome>;
  /** Writes a file into the working directory and returns its name. */
  file: (name: string, content: string | Uint8Array) => Promise<string>;
  close: () => Promise<void>;
}

export async function openShell(url: string): Promise<Shell> {
  const home = await mkdtemp(join(tmpdir(), "projo-home-"));
  const directory = await mkdtemp(join(tmpdir(), "projo-work-"));
  return {
    home,
    directory,
    projo: (argv, options = {}) => runIn({ home, directory, url }, argv, options),
    async file(name, content) {
      await writeFile(join(directory, name), content);
      return name;
    },
    close: async () => {
      await rm(home, { recursive: true });
      await rm(directory, { recursive: true });
    },
  };
}

interface Place {
  home: string;
  directory: string;
  url: string;
}

async function runIn(
  { home, directory, url }: Place,
  argv: readonly string[],
  options: RunOptions,
): Promise<Outcome> {
  const listeners = new Set<() => void>();
  options.onStart?.(() => listeners.forEach((listener) => listener()));
  const stdin = options.types ? typist() : Object.assign(Readable.from([options.stdin ?? ""]), {});
  const stdout = recorder(options.columns);
  const waiting = [...(options.types ?? [])];
  const stderr = recorder(options.types ? 80 : undefined, () => {
    const [next] = waiting;
    if (next && stderr.text().includes(next[0])) {
      waiting.shift();
      setTimeout(() => stdin.push(next[1]), 20);
    }
  });
  const io: Io = {
    stdin,
    stdout: stdout.output,
    stderr: stderr.output,
    env: { PROJO_URL: url, ...options.env },
    homeDirectory: home,
    workingDirectory: directory,
    platform: process.platform,
    self: { pid: process.pid, host: "here", isRunning },
    fetch: options.fetch ?? fetch,
    onInterrupt(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const code = await run(argv, io);
  return { code, out: stdout.text(), err: stderr.text() };
}

function recorder(columns: number | undefined, onText?: () => void) {
  const pieces: string[] = [];
  const output = new Writable({
    write(chunk, _encoding, done) {
      pieces.push(String(chunk));
      onText?.();
      done();
    },
  });
  return {
    output: columns === undefined ? output : Object.assign(output, { isTTY: true, columns }),
    text: () => pieces.join(""),
  };
}

/** Keys come as a terminal in raw mode sends them. */
const typist = () => Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });

export const EMAIL = "ann@example.com";
export const PASSWORD = "a long and quiet river";

/** Someone signed up, with a workspace chosen. */
export async function openSignedIn(url: string, email = EMAIL): Promise<Shell> {
  const shell = await openShell(url);
  await expectDone(shell.projo(["signup", email, "--password-stdin"], { stdin: PASSWORD }));
  await expectDone(shell.projo(["workspaces", "create", "Acme"]));
  return shell;
}

/** A network without a way out. */
export const nowhere: Fetch = () => Promise.reject(new TypeError("fetch failed"));

/** The outcome, after making sure that it went well. */
export async function expectDone(outcome: Promise<Outcome>): Promise<Outcome> {
  const { code, out, err } = await outcome;
  if (code !== 0) throw new Error(`projo ended with ${code}: ${err}`);
  return { code, out, err };
}
