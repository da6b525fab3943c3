// Ten processes of the built program import one file at the same time.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { bySuite, startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectDone, openSignedIn, type Outcome, type Shell } from "../kit.ts";

const bin = fileURLToPath(new URL("../../bin/projo.js", import.meta.url));
const PROCESSES = 10;
const ROWS = bySuite({ short: 150, full: 1_000 });
const PROJECTS = 5;

let server: TestServer;
let shell: Shell;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

async function projo(argv: readonly string[]): Promise<Outcome> {
  const env = { PATH: process.env["PATH"], HOME: shell.home, PROJO_URL: server.url };
  const child = spawn(process.execPath, [bin, ...argv], { env, cwd: shell.directory });
  child.stdin.end();
  const closed = once(child, "close") as Promise<[number | null]>;
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code: code ?? -1, out, err };
}

it("N8 creates every task and every project once when ten processes import one file", async () => {
  const rows = Array.from({ length: ROWS }, (_, at) => `Project ${at % PROJECTS},Row ${at}`);
  await writeFile(join(shell.directory, "rows.csv"), `project,title\n${rows.join("\n")}\n`);
  const outcomes = await Promise.all(
    Array.from({ length: PROCESSES }, () => projo(["tasks", "import", "rows.csv", "--json"])),
  );
  expect(outcomes.map(({ code, err }) => ({ code, err }))).toEqual(
    Array.from({ length: PROCESSES }, () => ({ code: 0, err: expect.not.stringContaining("projo:") })),
  );
  const reports = outcomes.map(({ out }) => JSON.parse(out) as { created: number; existing: number });
  expect(reports.map(({ created, existing }) => created + existing)).toEqual(
    Array.from({ length: PROCESSES }, () => ROWS),
  );
  expect(reports.reduce((sum, { created }) => sum + created, 0)).toBe(ROWS);

  const { out } = await expectDone(shell.projo(["tasks", "list", "--all", "--json"]));
  const titles = (JSON.parse(out) as { items: { title: string }[] }).items.map(({ title }) => title);
  expect(titles).toHaveLength(ROWS);
  expect(new Set(titles).size).toBe(ROWS);
  const projects = await expectDone(shell.projo(["projects", "list", "--all", "--json"]));
  const names = (JSON.parse(projects.out) as { items: { name: string }[] }).items.map(({ name }) => name);
  expect(names.toSorted((a, b) => a.localeCompare(b))).toEqual(
    Array.from({ length: PROJECTS }, (_, at) => `Project ${at}`),
  );
}, 240_000);
