// What the built program loads before it does its work.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cacheDirectory } from "../src/cache-directory.ts";
import { createProgram, createWholeProgram } from "../src/program.ts";
import { commands } from "../src/commands.ts";
import type { Io } from "../src/io.ts";
import { expectDone, openSignedIn, type Shell } from "./kit.ts";

const program = fileURLToPath(new URL("../dist/projo.cjs", import.meta.url));
let server: TestServer;
let shell: Shell;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
  await expectDone(shell.projo(["projects", "create", "Website"]));
  await expectDone(shell.projo(["tasks", "create", "First", "--project", "Website"]));
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

/** On a slow machine, a call that takes longer than 300 ms loads the code for failures in advance. So timers run a hundred times later. */
const SLOW_TIMERS = "const run=setTimeout;globalThis.setTimeout=(work,ms,...rest)=>run(work,ms*100,...rest);";
const REPORT = `data:text/javascript,${SLOW_TIMERS}import{createHook}from'node:async_hooks';import{createRequire}from'node:module';
  const{cache}=createRequire('/');let reads=0;createHook({init(id,type){reads+=type==='FSREQCALLBACK'}}).enable();
  process.on('exit',()=>console.error('loaded',...Object.keys(cache),reads,typeof globalThis[Symbol.for('undici.globalDispatcher.1')]))`;

/** Runs the program. @returns its output, the names of the files that it loaded, without their hashes, and how often a thread read a file */
async function run(argv: readonly string[], env: Record<string, string> = {}) {
  const options = { HOME: shell.home, PROJO_URL: server.url, NODE_OPTIONS: `--import "${REPORT}"`, ...env };
  const child = spawn(process.execPath, [program, ...argv], {
    env: { PATH: process.env["PATH"], ...options },
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  const [err = "", loaded = ""] = stderr.split(/^loaded /m);
  const words = loaded.trim().split(" ");
  const files = words
    .filter((word) => word.endsWith(".cjs"))
    .map((file) => file.replace(/^.*\/|(?:-[\w-]{8})?\.cjs$/g, ""));
  const [readsInThreads, fetchType] = words.slice(-2);
  return {
    status,
    out: stdout,
    err,
    files,
    readsInThreads: Number(readsInThreads),
    hasFetch: fetchType !== "undefined",
  };
}

/** The files of every command. */
const FIRST = ["projo", "start"];
/** The files of every command of tasks that succeeds. */
const OF_COMMANDS = [...FIRST, "main", "rolldown-runtime", "tasks", "client"];

it("answers --version from the first file", async () => {
  expect(await run(["--version"])).toMatchObject({ status: 0, out: "0.1.0\n", err: "", files: FIRST });
});

it("shows the help without the code of a command", async () => {
  const { status, out, files } = await run(["--help"]);
  expect({ status, files }).toEqual({ status: 0, files: [...FIRST, "main", "rolldown-runtime"] });
  expect(out).toContain("Create, list, show, edit, delete and import tasks.");
});

it("lists tasks without prompts, progress bars, the reader of CSV files, the fetch of Node.js, and threads that read files", async () => {
  const { status, out, err, files, readsInThreads, hasFetch } = await run(["tasks", "list"]);
  expect({ status, err, readsInThreads, hasFetch }).toEqual({
    status: 0,
    err: "",
    readsInThreads: 0,
    hasFetch: false,
  });
  expect(out).toContain("\tWebsite\tFirst\t");
  expect(new Set(files)).toEqual(new Set(OF_COMMANDS));
  const asJson = await run(["tasks", "list", "--json"]);
  expect(new Set(asJson.files)).toEqual(new Set(OF_COMMANDS));
});

it("the help is the same before and after the commands are loaded", async () => {
  const io = { stdout: {}, stderr: {}, env: {} } as unknown as Io;
  const [none, all] = await Promise.all([createProgram(io, []), createWholeProgram(io)]);
  expect(none.helpInformation()).toBe(all.helpInformation());
  // The terms of the table are those that commander writes for the complete commands. Every command has options.
  const named = all.commands.filter((command) => command.name() !== "help");
  const terms = named.map((command) =>
    [
      command.name(),
      ...command.registeredArguments.map((argument) =>
        argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
      ),
    ].join(" "),
  );
  expect(commands.map(({ term }) => term)).toEqual(terms);
});

it("a command line that names a subcommand creates only that one, and it is the same as in the whole program", async () => {
  const io = { stdout: {}, stderr: {}, env: {} } as unknown as Io;
  const whole = await createWholeProgram(io);
  for (const noun of whole.commands) {
    for (const verb of noun.commands.filter((command) => command.name() !== "help")) {
      const [only, ...others] = (await createProgram(io, [noun.name(), verb.name(), "--help"])).commands;
      const path = `${noun.name()} ${verb.name()}`;
      expect([only?.name(), others], path).toEqual([noun.name(), []]);
      expect(only?.commands.map((command) => command.helpInformation())).toEqual([verb.helpInformation()]);
    }
  }
});

it("works if the directory for compiled code is missing or cannot be written", async () => {
  const directory = await mkdtemp(join(tmpdir(), "projo-cache-"));
  for (const home of ["/dev/null", "/proc/projo", "/dev/full", join(directory, "absent", "absent")]) {
    const { status, out } = await run(["tasks", "list"], {
      HOME: home,
      PROJO_CONFIG_DIR: join(shell.home, ".config/projo"),
    });
    expect({ status, out }, home).toMatchObject({ status: 0, out: expect.stringContaining("First") });
  }
  await rm(directory, { recursive: true });
});

const directoryFor = (
  env: Record<string, string>,
  homeDirectory?: string,
  platform: NodeJS.Platform = "linux",
) => cacheDirectory({ env, platform, homeDirectory });

it("keeps compiled code in no directory that other users can write", () => {
  expect(directoryFor({}, "/u/ann")).toBe("/u/ann/.cache/projo");
  expect(directoryFor({ XDG_CACHE_HOME: "/x" }, "/u/ann")).toBe("/x/projo");
  expect(directoryFor({ XDG_CACHE_HOME: "relative" }, "/u/ann")).toBe("/u/ann/.cache/projo");
  expect(directoryFor({ LOCALAPPDATA: "/local" }, "/u/ann", "win32")).toBe("/local/projo/cache");
  expect(directoryFor({})).toBeUndefined();
});
