// The package, packed and installed with npm into an empty directory, without the network.
import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PASSWORD } from "../kit.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../../..");
let folder: string;
let directory: string;
let tarball: string;
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "projo-package-"));
  [directory, tarball] = [join(folder, "empty"), join(folder, "tarball")];
  await Promise.all([mkdir(directory), mkdir(tarball)]);
  await pnpm(["--filter", "@projostack/cli", "pack", "--pack-destination", tarball]);
  const [name = ""] = await readdir(tarball);
  tarball = join(tarball, name);
  await run("npm", ["install", tarball, "--offline", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: directory,
  });
}, 300_000);

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the pnpm that started the tests, or pnpm through npx. */
async function pnpm(args: readonly string[]): Promise<void> {
  const started = process.env["npm_execpath"] ?? "";
  if (!/pnpm/.test(basename(started))) await run("npx", ["-y", "pnpm@12", ...args], { cwd: root });
  else if (/\.[cm]?js$/.test(started)) await run(process.execPath, [started, ...args], { cwd: root });
  else await run(started, [...args], { cwd: root });
}

it("contains the program, the README, the licence and package.json alone", async () => {
  const { stdout } = await run("tar", ["-tzf", tarball]);
  const files = stdout
    .trim()
    .split("\n")
    .map((file) => file.replace(/^package\//, ""));
  expect(
    files.filter((file) => !/^dist\/(?:[\w-]+\.cjs|THIRD-PARTY-NOTICES\.txt)$/.test(file)).toSorted(),
  ).toEqual(["LICENSE", "README.md", "package.json"]);
  expect(files).toContain("dist/projo.cjs");
  const manifest: unknown = JSON.parse(
    await readFile(join(directory, "node_modules/@projostack/cli/package.json"), "utf8"),
  );
  expect(manifest).toMatchObject({
    name: "@projostack/cli",
    bin: { projo: "dist/projo.cjs" },
    engines: { node: ">=20.19" },
  });
  for (const field of ["dependencies", "optionalDependencies", "peerDependencies", "private"])
    expect(manifest).not.toHaveProperty(field);
  expect(await readdir(join(directory, "node_modules"))).toEqual([
    ".bin",
    ".package-lock.json",
    "@projostack",
  ]);
});

it("runs without anything beside it", () => {
  const env = { PATH: process.env["PATH"], HOME: join(folder, "home"), PROJO_URL: server.url };
  const projo = (argv: readonly string[], input = "") => {
    const program = join(directory, "node_modules/.bin/projo");
    const { status, stdout, stderr } = spawnSync(program, argv, {
      cwd: directory,
      env,
      input,
      encoding: "utf8",
    });
    return { status, out: stdout, err: stderr };
  };
  expect(projo(["--version"])).toEqual({ status: 0, out: "0.1.0\n", err: "" });
  expect(projo([])).toMatchObject({ status: 0, out: expect.stringContaining("Usage: projo"), err: "" });
  expect(projo(["tasks", "lst"])).toMatchObject({
    status: 2,
    err: expect.stringContaining("Did you mean list?"),
  });
  expect(projo(["login"])).toMatchObject({ status: 2, err: expect.stringContaining("There is no terminal") });
  expect(projo(["signup", "pack@example.com", "--password-stdin"], PASSWORD).status).toBe(0);
  expect(projo(["workspaces", "create", "Acme"]).status).toBe(0);
  const rows = "project,title,status\nWebsite,First,todo\nDocs,Zweite Größe,done\n";
  expect(projo(["tasks", "import", "-", "--encoding", "utf-8"], rows)).toMatchObject({ status: 0 });
  expect(projo(["tasks", "list"]).out).toMatch(/done +Docs +Zweite Größe\n.*todo +Website +First\n/);
  expect(projo(["audit", "export", "--out", "log.ndjson"])).toMatchObject({ status: 0 });
  expect(projo(["audit", "verify", "log.ndjson"])).toMatchObject({
    status: 0,
    out: expect.stringContaining("Intact"),
  });
  expect(projo(["logout"]).status).toBe(0);
});
