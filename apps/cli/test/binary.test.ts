// The built program, in a separate process.
import { spawn, spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Outcome, PASSWORD } from "./kit.ts";
import { expire, rotations, storedTokens } from "./stored-tokens.ts";

const bin = fileURLToPath(new URL("../bin/projo.js", import.meta.url));
let server: TestServer;
let home: string;

beforeAll(async () => {
  server = await startTestServer();
  home = await mkdtemp(join(tmpdir(), "projo-home-"));
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
  await server?.close();
});

interface Started {
  program?: string;
  stdin?: string;
  /** Sends Ctrl-C when stderr shows this. */
  interruptAt?: string;
}

function projo(argv: readonly string[], { program = bin, stdin = "", interruptAt }: Started = {}) {
  return new Promise<Outcome>((resolve, reject) => {
    const env = { PATH: process.env["PATH"], HOME: home, PROJO_URL: server.url };
    const child = spawn(process.execPath, [program, ...argv], { env, cwd: home });
    const written = { out: "", err: "" };
    let interrupted = false;
    child.stdout.on("data", (text: Buffer) => (written.out += text.toString()));
    child.stderr.on("data", (text: Buffer) => {
      written.err += text.toString();
      // Send it once: a second Ctrl-C would end the process without a message.
      if (interruptAt === undefined || interrupted || !written.err.includes(interruptAt)) return;
      interrupted = child.kill("SIGINT");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, ...written }));
    child.stdin.end(stdin);
  });
}

it("creates an account, a project and a task, and lists the task in a pipe", async () => {
  expect(await projo(["signup", "ann@example.com", "--password-stdin"], { stdin: PASSWORD })).toMatchObject({
    code: 0,
    out: "",
  });
  expect((await projo(["workspaces", "create", "Acme"])).code).toBe(0);
  const { out: project } = await projo(["projects", "create", "Website"]);
  expect((await projo(["tasks", "create", "First", "--project", project.trim()])).code).toBe(0);
  const { code, out, err } = await projo(["tasks", "list", "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)).toMatchObject({ items: [{ title: "First", status: "todo" }], nextCursor: null });
});

it("returns the documented exit codes", async () => {
  expect((await projo(["taks"])).code).toBe(2);
  expect((await projo(["tasks", "list", "--workspace", "Nowhere"])).code).toBe(1);
  expect((await projo(["whoami", "--url", "http://127.0.0.1:4999"])).code).toBe(4);
  expect((await projo(["--help"])).code).toBe(0);
});

it("exits with 130 when Ctrl-C stops an import, and continues the import on the next run", async () => {
  const rows = Array.from({ length: 5000 }, (_, index) => `Docs,Row ${index}`);
  await writeFile(join(home, "rows.csv"), `project,title\n${rows.join("\n")}\n`);
  const stopped = await projo(["tasks", "import", "rows.csv"], { interruptAt: "1000 rows read" });
  expect(stopped.code).toBe(130);
  const done = Number(/: (\d+) imported/.exec(stopped.err)?.[1]);
  expect(done).toBeGreaterThanOrEqual(900);
  expect(stopped.err).toContain("Run the same command again to continue.");
  const { code, out } = await projo(["tasks", "import", "rows.csv", "--json"]);
  expect(code).toBe(0);
  const { created, existing } = JSON.parse(out) as { created: number; existing: number };
  expect(created + existing).toBe(5000);
  // The server may have carried out the call that was in flight at Ctrl-C.
  expect([done, done + 100]).toContain(existing);
});

it("S2 runs ten commands at once with an expired access token: all succeed with one rotation", async () => {
  const { sessionId } = await storedTokens(home, server.url);
  const before = await rotations(server, sessionId);
  for (let round = 1; round <= 3; round += 1) {
    await expire(home, server);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => projo(["projects", "list", "--json"])),
    );
    expect(outcomes.map(({ code, err }) => ({ code, err }))).toEqual(
      Array.from({ length: 10 }, () => ({ code: 0, err: "" })),
    );
    expect(await rotations(server, sessionId)).toBe(before + round);
  }
  const directory = join(home, ".config", "projo");
  expect(await readdir(directory)).toEqual(["credentials.json"]);
  expect(((await stat(join(directory, "credentials.json"))).mode & 0o777).toString(8)).toBe("600");
});

it("ignores the lock of a killed process", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const lock = join(home, ".config", "projo", "credentials.lock");
  await writeFile(lock, JSON.stringify({ id: "x", pid, host: hostname() }));
  await expire(home, server);
  expect((await projo(["whoami"])).code).toBe(0);
});

it("names the build command when the program is not built", async () => {
  const copy = await mkdtemp(join(tmpdir(), "projo-unbuilt-"));
  await cp(bin, join(copy, "bin", "projo.mjs"));
  expect(await projo(["whoami"], { program: join(copy, "bin", "projo.mjs") })).toEqual({
    code: 1,
    out: "",
    err: "projo: The program is not built yet. In the repository, run: npx -y pnpm@12 build\n",
  });
  await rm(copy, { recursive: true });
});
