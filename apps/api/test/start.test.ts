import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { call, eventually, password, programOf, startServerOver, type TestServer } from "./kit/index.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const SECRET = "hunter2-is-secret";

let directory: string;
let database: TestDatabase;
let running: TestServer;
let withoutTls: Server;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-start-"));
  database = await createTestDatabase();
  running = await startServerOver(database);
  await writeFile(join(directory, "file"), "");
  // What a PostgreSQL without TLS answers to the first message of a client that wants it.
  withoutTls = createServer((socket) => socket.once("data", () => socket.end("N"))).listen(0, "127.0.0.1");
  await once(withoutTls, "listening");
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  withoutTls.close();
  await running.close();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  /** The exit code, once the process and all that share its output have ended. */
  readonly ended: Promise<unknown>;
}

const { execArgv, file: main } = programOf("main");
const program = [process.execPath, ...execArgv, main];

/** The server's own process, with this environment and no other. */
function start(env: Record<string, string>, [file = "", ...args]: readonly string[] = program): Started {
  const child = spawn(file, args, {
    cwd: root,
    env: {
      PATH: process.env["PATH"],
      HOME: directory,
      PROJO_DATA_DIR: join(directory, "data"),
      PORT: "0",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, "close").then(([code]: unknown[]) => {
    children.delete(child);
    return code;
  });
  return { child, output, ended };
}

/** util-linux's program that runs another one at a terminal of its own. */
const hasTerminal = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux");
const needsTerminal = process.env["CI"] === "true";
if (!hasTerminal && !needsTerminal) {
  process.stderr.write(
    "Skipped: the program script is not installed, so no server ran at a terminal: apt-get install bsdutils\n",
  );
}

const withUrl = (change: (url: URL) => void): string => {
  const url = new URL(database.url);
  url.password = SECRET;
  change(url);
  return url.href;
};
const right = () => new URL(database.url).password;
/** Over the embedded database's socket no password is asked for. */
const asksForPassword = inject("cluster").owner.password !== undefined;

describe("a server that cannot start says why in a line, with what to do, and is gone", () => {
  const cases: [string, () => Record<string, string>, RegExp][] = [
    [
      "the port is taken",
      () => ({ DATABASE_URL: database.url, PORT: new URL(running.url).port }),
      /^Port \d+ is taken\. Stop what uses it, or choose another/,
    ],
    ["the port is none", () => ({ PORT: "http" }), /^PORT must be a port from 0 to 65535/],
    [
      "the address is no database's",
      () => ({ DATABASE_URL: `mysql://root:${SECRET}@host/db` }),
      /^DATABASE_URL must be an address such as/,
    ],
    [
      "no database answers",
      () => ({ DATABASE_URL: `postgres://projo_server:${SECRET}@127.0.0.1:1/projo` }),
      /^DATABASE_URL: no PostgreSQL answers there/,
    ],
    [
      "the database speaks no TLS where it must",
      () => {
        const { port } = withoutTls.address() as AddressInfo;
        return { DATABASE_URL: `postgres://server:${SECRET}@127.0.0.1:${port}/projo?sslmode=verify-full` };
      },
      /^DATABASE_URL: PostgreSQL speaks no TLS there\. Switch it on, or put sslmode=disable/,
    ],
    [
      "the login is an operator's",
      () => ({ DATABASE_URL: database.operatorUrl }),
      /may act as projo_operator, which erases people, so no server serves by it/,
    ],
    [
      "no database has that name",
      () => ({
        DATABASE_URL: withUrl((url) => {
          url.password = right();
          url.pathname = "/projo_absent";
        }),
      }),
      /^DATABASE_URL: .*"projo_absent" does not exist\. Create it, or correct the name/,
    ],
    [
      "the login could bypass the policies",
      () => ({ DATABASE_URL: database.ownerUrl }),
      /could bypass row-level security.*Use a login that owns nothing/,
    ],
    [
      "the data has no place",
      () => ({ DATABASE_URL: database.url, PROJO_DATA_DIR: join(directory, "file", "inside") }),
      /^PROJO_DATA_DIR: the server cannot keep its data there .* Choose a directory/,
    ],
    [
      "the keys are none",
      () => ({ DATABASE_URL: database.url, PROJO_TOKEN_KEYS: `1:${SECRET}` }),
      /^PROJO_TOKEN_KEYS must be kid:key pairs/,
    ],
    ...(asksForPassword
      ? [
          [
            "the password is wrong",
            () => ({ DATABASE_URL: withUrl(() => {}) }),
            /^DATABASE_URL: PostgreSQL refuses the login .* Correct the user and password/,
          ] satisfies [string, () => Record<string, string>, RegExp],
        ]
      : []),
  ];

  it.each(cases)(
    "%s",
    async (_, env, expected) => {
      const { output, ended } = start(env());
      expect(await ended).toBe(1);
      expect(output.stderr.trim()).toMatch(expected);
      expect(output.stderr.trim().split("\n")).toHaveLength(1);
      expect(output.stdout).toBe("");
      expect(output.stderr).not.toContain(SECRET);
    },
    60_000,
  );

  it("A6 settings that would leak are refused before anything is reached, a line each", async () => {
    const { output, ended } = start({
      DATABASE_URL: `postgres://projo_server:${SECRET}@192.0.2.1/projo?sslmode=prefer`,
      REDIS_URL: `redis://:${SECRET}@192.0.2.2`,
      HOST: "0.0.0.0",
    });
    expect(await ended).toBe(1);
    const names = output.stderr
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]);
    expect(names).toEqual(["DATABASE_URL", "REDIS_URL", "PROJO_TOKEN_KEYS", "PROJO_SMTP_URL"]);
    expect(output.stdout + output.stderr).not.toContain(SECRET);
  }, 60_000);

  it("A3 secrets come from files too, and are in no message", async () => {
    const file = join(directory, "database-url");
    await writeFile(file, `postgres://projo_server:${SECRET}@127.0.0.1:1/projo\n`, { mode: 0o600 });
    const { output, ended } = start({ DATABASE_URL_FILE: file });
    expect(await ended).toBe(1);
    expect(output.stderr).toMatch(/^DATABASE_URL: no PostgreSQL answers there/);
    expect(output.stderr).not.toContain(SECRET);
  }, 60_000);

  it.skipIf(!hasTerminal && !needsTerminal)(
    "A3 the same server prints a mail's link at a terminal, and its file's name elsewhere",
    async () => {
      const quoted = program.map((word) => `'${word}'`).join(" ");
      for (const [command, shown] of [
        [["script", "-qfec", quoted, "/dev/null"], /#token=pjo_[\w-]{20,}/],
        [program, /email\.verify\.eml/],
      ] as const) {
        const own = await createTestDatabase();
        const { child, output, ended } = start({ DATABASE_URL: own.url }, command);
        const url = await eventually(() => /listens on (http:\S+)/.exec(output.stdout)?.[1], 30);
        await call(url, "auth.signUp", { input: { email: "ada@example.com", password } });
        const line = await eventually(() => /Mail to ada@example\.com.*/.exec(output.stdout)?.[0]);
        expect(line).toMatch(shown);
        expect(line.includes("#token=")).toBe(command !== program);
        // What runs at the terminal of another program is ended by it.
        child.kill("SIGTERM");
        await ended;
        await own.drop();
      }
    },
    90_000,
  );

  it("another server is at work in the data directory; that one goes on, and ends in order when it is asked to", async () => {
    const first = start({ PROJO_LOG_LEVEL: "silent" });
    await Promise.race([once(first.child.stdout ?? first.child, "data"), first.ended]);
    const [url] = /http:\/\/\S+/.exec(first.output.stdout) ?? [first.output.stderr];
    const second = start({});
    expect(await second.ended).toBe(1);
    expect(second.output.stderr.trim().split("\n")).toHaveLength(1);
    expect(second.output.stderr).toMatch(/PROJO_DATA_DIR|already|another/i);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  }, 90_000);
});
