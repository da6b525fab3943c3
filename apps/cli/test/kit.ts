// A shell for tests: it has its own home directory and records everything that a command writes.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import type { Fetch } from "@projostack/sdk";
import type { Io } from "../src/io.ts";
import { run } from "../src/run.ts";

export interface Outcome {
  code: number;
  /** The output on stdout. */
  out: string;
  /** The output on stderr. */
  err: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** The content of standard input. */
  stdin?: string | Uint8Array;
  fetch?: Fetch;
  /** Makes stdout a terminal of this width. */
  columns?: number;
  /** Makes stdin and stderr terminals, and types the keys of each pair after its text, which follows that of the pair before, was printed. */
  types?: readonly (readonly [after: string, keys: string])[];
  /** Receives a function that has the effect of Ctrl-C, and one that returns what was printed on stdout and stderr. */
  onStart?: (interrupt: () => void, printed: () => string) => void;
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
  const stdin = options.types ? typist() : Object.assign(Readable.from([options.stdin ?? ""]), {});
  const stdout = recorder(options.columns);
  const pendingKeys = [...(options.types ?? [])];
  let readTo = 0;
  const stderr = recorder(options.types ? 80 : undefined, () => {
    const [next] = pendingKeys;
    const found = next ? stderr.text().indexOf(next[0], readTo) : -1;
    if (!next || found === -1) return;
    readTo = found + next[0].length;
    pendingKeys.shift();
    setTimeout(() => stdin.push(next[1]), 20);
  });
  const interrupt = () => listeners.forEach((listener) => listener());
  options.onStart?.(interrupt, () => stdout.text() + stderr.text());
  const io: Io = {
    stdin,
    stdout: stdout.output,
    stderr: stderr.output,
    env: { PROJO_URL: url, ...options.env },
    homeDirectory: home,
    workingDirectory: directory,
    platform: process.platform,
    fetch: options.fetch,
    answered: new Set(),
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

/** A terminal in raw mode for typed keys. */
const typist = () => Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });

export const EMAIL = "ann@example.com";
export const PASSWORD = "a long and quiet river";

/** Opens a shell, signs up a user, and creates and selects a workspace. */
export async function openSignedIn(url: string, email = EMAIL): Promise<Shell> {
  const shell = await openShell(url);
  await expectDone(shell.projo(["signup", email, "--password-stdin"], { stdin: PASSWORD }));
  await expectDone(shell.projo(["workspaces", "create", "Acme"]));
  return shell;
}

/** A fetch that always fails, as without a network. */
export const nowhere: Fetch = () => Promise.reject(new TypeError("fetch failed"));

/** Returns the outcome of a successful command. @throws Error for any other exit code than 0 */
export async function expectDone(outcome: Promise<Outcome>): Promise<Outcome> {
  const { code, out, err } = await outcome;
  if (code !== 0) throw new Error(`projo ended with ${code}: ${err}`);
  return { code, out, err };
}
