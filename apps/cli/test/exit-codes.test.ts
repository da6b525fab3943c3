// The table of exit codes in docs/cli.md: each code, by commands that end with it.
import { readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShell, openSignedIn, PASSWORD, type RunOptions, type Shell } from "./kit.ts";

const page = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");
const bin = fileURLToPath(new URL("../bin/projo.js", import.meta.url));
const ID = "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11";

/** Returns the exit codes of the table. */
function documentedCodes(): number[] {
  const [, table = ""] = /\| exit code \| meaning[^\n]*\n\|[^\n]*\n((?:\|[^\n]*\n)+)/.exec(page) ?? [];
  return [...table.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
}

type Command = readonly [argv: readonly string[], options?: RunOptions];

/** The same mistake has the same code, whether projo or the server finds it. */
const commands: Readonly<Record<number, readonly Command[]>> = {
  0: [[["projects", "list"]], [["--help"]], [["tasks", "list", "--json"]], [["call", "system.health"]]],
  1: [
    [["tasks", "delete", ID, "--yes"]],
    [["projects", "delete", "Nowhere", "--yes"]],
    [["tasks", "list", "--workspace", "Nowhere"]],
    [["members", "remove", "nobody@example.com", "--yes"]],
    [["call", "tasks.get", JSON.stringify({ id: ID })]],
    [["call", "system.health", "--url", "http://127.0.0.1:1"]],
  ],
  2: [
    // Found by projo.
    [["taks"]],
    [["tasks", "lst"]],
    [["tasks", "list", "--limit", "many"]],
    [["tasks", "list", "--status", "open"]],
    [["members", "role", "ann@example.com", "owner"]],
    [["tasks", "list", "--timeout", "soon"]],
    [["tasks", "list"], { env: { PROJO_TIMEOUT: "-1" } }],
    [["tasks", "list", "--url", "nowhere"]],
    [["call", "tasks.nope"]],
    [["call", "tasks.list", "{"]],
    [["login"]],
    // Found by the server.
    [["tasks", "delete", "7", "--yes"]],
    [["tasks", "list", "--created-after", "soon"]],
    [["tasks", "list", "--cursor", "x"]],
    [["call", "tasks.list", '{"limit":"many"}']],
    [["call", "members.changeRole", JSON.stringify({ userId: ID, role: "owner" })]],
    [["projects", "create", ""]],
    [["signup", "no address", "--password-stdin"], { stdin: PASSWORD }],
  ],
  4: [
    [["tasks", "list"], { env: { PROJO_URL: "http://127.0.0.1:4999" } }],
    [["tasks", "list"], { env: { PROJO_TOKEN: "pja_wrong" } }],
    [["login", "ann@example.com", "--password-stdin"], { stdin: "a wrong password" }],
    [["password", "change", "--password-stdin"], { stdin: `a wrong password\n${PASSWORD} 2\n` }],
  ],
  130: [
    [["login"], { types: [["Email", "\u0003"]] }],
    [["login"], { types: [["Email", "\u0004"]] }],
    [["projects", "delete", "Website"], { types: [["Delete", "\u0004"]] }],
  ],
};

const signals = { 129: "SIGHUP", 143: "SIGTERM" } as const;

describe("exit codes", () => {
  let server: TestServer;
  let shell: Shell;
  let stranger: Shell;

  beforeAll(async () => {
    server = await startTestServer();
    shell = await openSignedIn(server.url);
    stranger = await openShell(server.url);
    await shell.projo(["projects", "create", "Website"]);
  });

  afterAll(async () => {
    await stranger?.close();
    await shell?.close();
    await server?.close();
  });

  it("each code of the table has a command", () => {
    const tried = [...Object.keys(commands), ...Object.keys(signals)].map(Number);
    expect(documentedCodes().toSorted((a, b) => a - b)).toEqual(tried.toSorted((a, b) => a - b));
  });

  const cases = Object.entries(commands).flatMap(([code, each]) =>
    each.map(([argv, options]) => ({ code: Number(code), line: argv.join(" "), argv, options })),
  );
  it.each(cases)("$code: projo $line", async ({ code, argv, options }) => {
    const outcome = await shell.projo(argv, options);
    expect(outcome.code, outcome.err).toBe(code);
  });

  it("4 without a sign-in", async () => {
    expect((await stranger.projo(["tasks", "list"])).code).toBe(4);
  });

  it.each(Object.entries(signals))("%s after %s", async (code, signal) => {
    const env = { PATH: process.env["PATH"], HOME: shell.home, PROJO_URL: server.url };
    const child = spawn(process.execPath, [bin, "audit", "tail"], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.once("data", () => child.kill(signal));
    const ended = await new Promise((resolve) => child.on("close", resolve));
    expect(ended).toBe(Number(code));
  });
});
