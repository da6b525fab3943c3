// The package, packed and installed with npm into an empty directory, without the network.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PASSWORD } from "../kit.ts";
import { installedProgram, type InstalledProgram } from "./installed-program.ts";

const run = promisify(execFile);
let folder: string;
let installed: InstalledProgram;
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "projo-package-"));
  installed = await installedProgram();
}, 300_000);

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

it("contains the program, the man page, the README, the licence and package.json alone", async () => {
  const { stdout } = await run("tar", ["-tzf", installed.tarball]);
  const files = stdout
    .trim()
    .split("\n")
    .map((file) => file.replace(/^package\//, ""));
  expect(
    files
      .filter((file) => !/^dist\/(?:[\w-]+\.cjs|THIRD-PARTY-NOTICES\.txt|projo\.1)$/.test(file))
      .toSorted(),
  ).toEqual(["LICENSE", "README.md", "package.json"]);
  expect(files).toEqual(
    expect.arrayContaining(["dist/projo.cjs", "dist/projo.1", "dist/THIRD-PARTY-NOTICES.txt"]),
  );
  const manifest: unknown = JSON.parse(
    await readFile(join(installed.directory, "node_modules/@projostack/cli/package.json"), "utf8"),
  );
  expect(manifest).toMatchObject({
    name: "@projostack/cli",
    bin: { projo: "dist/projo.cjs" },
    man: ["./dist/projo.1"],
    engines: { node: ">=20.19" },
  });
  for (const field of ["dependencies", "optionalDependencies", "peerDependencies", "private"])
    expect(manifest).not.toHaveProperty(field);
  expect(await readdir(join(installed.directory, "node_modules"))).toEqual([
    ".bin",
    ".package-lock.json",
    "@projostack",
  ]);
});

async function projo(argv: readonly string[], input = "") {
  const env = { PATH: process.env["PATH"], HOME: join(folder, "home"), PROJO_URL: server.url };
  const child = spawn(installed.program, argv, { cwd: folder, env });
  const closed = once(child, "close") as Promise<[number | null]>;
  child.stdin.end(input);
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, out, err };
}

it("runs without anything beside it", async () => {
  expect(await projo(["--version"])).toEqual({ status: 0, out: "0.1.0\n", err: "" });
  expect((await projo([])).out).toContain("Usage: projo");
  expect((await projo(["tasks", "lst"])).err).toContain("Did you mean: projo tasks list?");
  expect((await projo(["login"])).err).toContain(
    "There is no terminal to ask for the email and the password.",
  );
  const done = async (argv: readonly string[], input?: string) => {
    const { status, out, err } = await projo(argv, input);
    expect({ status, argv }, err).toEqual({ status: 0, argv });
    return out;
  };
  await done(["signup", "pack@example.com", "--password-stdin"], PASSWORD);
  await done(["workspaces", "create", "Acme"]);
  const rows = "project,title,status\nWebsite,First,todo\nDocs,Zweite Größe,done\n";
  await done(["tasks", "import", "-", "--encoding", "utf-8"], rows);
  const listed = await done(["tasks", "list"]);
  expect(listed).toMatch(/\ttodo\tWebsite\tFirst\t/);
  expect(listed).toMatch(/\tdone\tDocs\tZweite Größe\t/);
  await done(["audit", "export", "--out", "log.ndjson"]);
  expect(await done(["audit", "verify", "log.ndjson"])).toContain("Intact");
  await done(["logout"]);
});
