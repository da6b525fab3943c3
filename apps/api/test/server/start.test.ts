import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { call, eventually, password, programOf, startServerOver, type TestServer } from "../kit/index.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
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
  // Answers the first message of a client that requires TLS, as a PostgreSQL without TLS does.
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
  /** Resolves with the exit code when the process and all processes that share its output have ended. */
  readonly ended: Promise<unknown>;
}

const { execArgv, file: main } = programOf();
const program = [process.execPath, ...execArgv, main, "serve"];

/** Starts the server in a separate process with only the given environment. */
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

/** Whether the machine has `script` of util-linux, which runs a program at a pseudo-terminal. */
const hasTerminal = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux");
const needsTerminal = process.env["CI"] === "true";
if (!hasTerminal && !needsTerminal) {
  process.stderr.write(
    "Skipped a test: the program script is not installed, so no server can run at a terminal. Install it: apt-get install bsdutils\n",
  );
}

const withUrl = (change: (url: URL) => void): string => {
  const url = new URL(database.url);
  url.password = SECRET;
  change(url);
  return url.href;
};
const realPassword = () => new URL(database.url).password;
/** Whether the database requires a password. The socket of the embedded database does not. */
const requiresPassword = inject("cluster").owner.password !== undefined;

describe("The server process", () => {
  const cases: [string, () => Record<string, string>, RegExp][] = [
    [
      "the port is taken",
      () => ({ DATABASE_URL: database.url, PORT: new URL(running.url).port }),
      /^Port \d+ is taken\. Stop what uses it, or choose another/,
    ],
    ["the port is not a number", () => ({ PORT: "http" }), /^PORT must be a whole number from 0 to 65535/],
    [
      "the database URL has another protocol",
      () => ({ DATABASE_URL: `mysql://root:${SECRET}@host/db` }),
      /^DATABASE_URL must be an address such as/,
    ],
    [
      "no database answers at the URL",
      () => ({ DATABASE_URL: `postgres://projo_server:${SECRET}@127.0.0.1:1/projo` }),
      /^DATABASE_URL: no PostgreSQL answers there/,
    ],
    [
      "the database does not support the required TLS",
      () => {
        const { port } = withoutTls.address() as AddressInfo;
        return { DATABASE_URL: `postgres://server:${SECRET}@127.0.0.1:${port}/projo?sslmode=verify-full` };
      },
      /^DATABASE_URL: PostgreSQL speaks no TLS there\. Switch it on, or put sslmode=disable/,
    ],
    [
      "the database login belongs to an operator",
      () => ({ DATABASE_URL: database.operatorUrl }),
      /may act as projo_operator, which can erase users, so a server must not use it/,
    ],
    [
      "the database does not exist",
      () => ({
        DATABASE_URL: withUrl((url) => {
          url.password = realPassword();
          url.pathname = "/projo_absent";
        }),
      }),
      /^DATABASE_URL: .*"projo_absent" does not exist\. Create it, or correct the name/,
    ],
    [
      "the database login could bypass row-level security",
      () => ({ DATABASE_URL: database.ownerUrl }),
      /could bypass row-level security.*Use a login that owns nothing/,
    ],
    [
      "the data directory cannot be created",
      () => ({ DATABASE_URL: database.url, PROJO_DATA_DIR: join(directory, "file", "inside") }),
      /^PROJO_DATA_DIR: the server cannot keep its data there .* Choose a directory/,
    ],
    [
      "the keys are malformed",
      () => ({ DATABASE_URL: database.url, PROJO_TOKEN_KEYS: `1:${SECRET}` }),
      /^PROJO_TOKEN_KEYS must be kid:key pairs/,
    ],
    ...(requiresPassword
      ? [
          [
            "the password is wrong",
            () => ({ DATABASE_URL: withUrl(() => {}) }),
            /^DATABASE_URL: PostgreSQL refuses the login .* Correct the user and password/,
          ] satisfies [string, () => Record<string, string>, RegExp],
        ]
      : []),
  ];

  it.each(cases)("exits with a one-line error and advice: %s", async (_, env, expected) => {
    const { output, ended } = start(env());
    expect(await ended).toBe(1);
    expect(output.stderr.trim()).toMatch(expected);
    expect(output.stderr.trim().split("\n")).toHaveLength(1);
    expect(output.stdout).toBe("");
    expect(output.stderr).not.toContain(SECRET);
  });

  it("A6 refuses unsafe settings before it opens any connection, with one line for each", async () => {
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
  });

  it("A3 reads secrets from files and prints none of them", async () => {
    const file = join(directory, "database-url");
    await writeFile(file, `postgres://projo_server:${SECRET}@127.0.0.1:1/projo\n`, { mode: 0o600 });
    const { output, ended } = start({ DATABASE_URL_FILE: file });
    expect(await ended).toBe(1);
    expect(output.stderr).toMatch(/^DATABASE_URL: no PostgreSQL answers there/);
    expect(output.stderr).not.toContain(SECRET);
  });

  it.skipIf(!hasTerminal && !needsTerminal)(
    "A3 prints a mail's link at a terminal and the name of its file elsewhere",
    async () => {
      const quoted = program.map((word) => `'${word}'`).join(" ");
      for (const [command, shown] of [
        [["script", "-qfec", quoted, "/dev/null"], /#token=pjo_[\w-]{20,}/],
        [program, /email\.verify\.eml/],
      ] as const) {
        const ownDatabase = await createTestDatabase();
        const { child, output, ended } = start({ DATABASE_URL: ownDatabase.url }, command);
        const url = await eventually(() => /listens on (http:\S+)/.exec(output.stdout)?.[1], 30);
        await call(url, "auth.signUp", { input: { email: "ada@example.com", password } });
        const line = await eventually(() => /Mail to ada@example\.com.*/.exec(output.stdout)?.[0]);
        expect(line).toMatch(shown);
        expect(line.includes("#token=")).toBe(command !== program);
        // `script` ends the program that runs at its terminal.
        child.kill("SIGTERM");
        await ended;
        await ownDatabase.drop();
      }
    },
  );

  it("exits with an error if another server uses the data directory, and the other server continues and stops in order", async () => {
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
  });
});
