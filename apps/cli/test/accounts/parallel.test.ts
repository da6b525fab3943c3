// Many projo processes that change one credentials file at the same time: each runs the built program.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accountsOf, type Credentials, parseCredentials } from "../../src/credentials/credentials.ts";
import { PASSWORD } from "../kit.ts";
import { credentialsPath } from "../stored-tokens.ts";

const program = fileURLToPath(new URL("../../dist/projo.cjs", import.meta.url));
let servers: readonly TestServer[];
let home: string;

beforeAll(async () => {
  servers = await Promise.all([startTestServer(), startTestServer()]);
  home = await mkdtemp(join(tmpdir(), "projo-home-"));
});

afterAll(async () => {
  if (home) await rm(home, { recursive: true });
  for (const server of servers ?? []) await server.close();
});

/** Runs the program. @returns its exit code and what it wrote to stderr */
function projo(...argv: string[]) {
  return new Promise<{ code: number | null; err: string }>((resolve) => {
    const env = { PATH: process.env["PATH"], HOME: home };
    const child = execFile(process.execPath, [program, ...argv], { env }, (_error, _out, err) =>
      resolve({ code: child.exitCode, err }),
    );
    child.stdin?.end(PASSWORD);
  });
}

const done = { code: 0, err: expect.any(String) };

async function stored(): Promise<Credentials> {
  const credentials = parseCredentials(await readFile(credentialsPath(home), "utf8"));
  if (!credentials) throw new Error("The file has another shape.");
  return credentials;
}

it("S2 sign-ins, refreshes, switches and selections of two servers and three accounts keep every account", async () => {
  const [first, second] = servers.map(({ url }) => url) as [string, string];
  const accounts = [
    ["ann@example.com", first],
    ["bob@example.com", first],
    ["ann@example.com", second],
  ] as const;
  const signUps = accounts.map(([email, url]) => projo("signup", email, "--password-stdin", "--url", url));
  expect(await Promise.all(signUps)).toEqual([done, done, done]);
  const commands = accounts.flatMap(([email, url]) => {
    const account = ["--account", email, "--url", url];
    return [
      projo("workspaces", "create", `Of ${email}`, ...account),
      projo("whoami", ...account),
      projo("login", email, "--password-stdin", "--url", url),
      projo("auth", "switch", email, "--url", url),
      projo("auth", "status"),
    ];
  });
  for (const outcome of await Promise.all(commands)) expect(outcome).toEqual(done);
  const credentials = await stored();
  for (const [email, url] of accounts) {
    const account = accountsOf(credentials, url).find((one) => one.email === email);
    expect(account).toMatchObject({ workspace: { name: `Of ${email}` }, session: {} });
  }
  expect(accountsOf(credentials, first)).toHaveLength(2);
  expect(accountsOf(credentials, second)).toHaveLength(1);
  expect(await readdir(join(home, ".config", "projo"))).toEqual(["credentials.json"]);
  expect(await projo("auth", "status")).toEqual(done);
}, 120_000);
