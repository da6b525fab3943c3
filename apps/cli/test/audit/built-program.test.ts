// The audit commands of the built program, in separate processes and pipes.
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { bySuite, LONG_TEST_MS, startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { plantEntries, saveKeys, workspaceOf } from "./audit-log.ts";
import { expectDone, openSignedIn, type Outcome, type Shell } from "../kit.ts";

const bin = fileURLToPath(new URL("../../bin/projo.js", import.meta.url));
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

const environment = (more: Record<string, string> = {}) => ({
  PATH: process.env["PATH"],
  HOME: shell.home,
  PROJO_URL: server.url,
  ...more,
});

const start = (argv: readonly string[], more?: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [bin, "audit", ...argv], { env: environment(more), cwd: shell.directory });

async function ended(child: ChildProcess): Promise<Outcome> {
  if (!child.stdout || !child.stderr) throw new Error("The process has no pipes.");
  const closed = once(child, "close") as Promise<[number | null]>;
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code: code ?? -1, out, err };
}

const projo = (argv: readonly string[], more?: Record<string, string>) => ended(start(argv, more));

/** Waits until the temporary file of a running export exists. */
async function waitForPartFile(): Promise<string> {
  for (;;) {
    const part = (await readdir(shell.directory)).find((name) => name.endsWith(".part"));
    if (part !== undefined && (await stat(join(shell.directory, part))).size > 0) return part;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it(
  "exports a log, verifies it without the server, and returns the matching exit code",
  async () => {
    await plantEntries(server, await workspaceOf(shell), 400);
    const keys = await saveKeys(server, shell);
    expect(await projo(["export", "--out", "log.ndjson"])).toMatchObject({ code: 0, out: "" });
    const elsewhere = { HOME: "/nonexistent", PROJO_URL: "http://127.0.0.1:9" };
    expect(await projo(["verify", "log.ndjson", "--key", keys], elsewhere)).toMatchObject({
      code: 0,
      err: "",
    });
    const whole = await readFile(join(shell.directory, "log.ndjson"), "utf8");
    await shell.file("changed.ndjson", whole.replace('Title \\\\\\"200', 'Title \\\\\\"201'));
    const changed = await projo(["verify", "changed.ndjson", "--key", keys], elsewhere);
    expect(changed).toMatchObject({ code: 1, out: "" });
    expect(changed.err).toContain("The log is not intact (edited). Entry 201 is changed");
    expect((await projo(["verify", "nowhere"])).code).toBe(2);
    expect((await projo(["verify"])).code).toBe(0);
  },
  LONG_TEST_MS,
);

it(
  "exits with 0 when the reader closes the pipe early",
  async () => {
    await plantEntries(server, await workspaceOf(shell), 6_000);
    for (const command of ["export", "export --format csv", "list --all --json"]) {
      const pipe = spawn(
        "bash",
        ["-c", `set -o pipefail; "${process.execPath}" "${bin}" audit ${command} | head -1`],
        {
          env: environment(),
        },
      );
      const { code, out, err } = await ended(pipe);
      expect({ code, err }, command).toEqual({ code: 0, err: "" });
      expect(out.split("\n")).toHaveLength(2);
    }
  },
  LONG_TEST_MS,
);

it(
  "exits with 130 and leaves no partial file when Ctrl-C stops an export",
  async () => {
    await plantEntries(server, await workspaceOf(shell), 20_000);
    const child = start(["export", "--out", "half.ndjson"]);
    const outcome = ended(child);
    await waitForPartFile();
    child.kill("SIGINT");
    const { code, err } = await outcome;
    expect({ code, err }).toEqual({ code: 130, err: expect.stringContaining("Run the same command again") });
    expect((await readdir(shell.directory)).filter((name) => name.startsWith("half"))).toEqual([]);
  },
  LONG_TEST_MS,
);

it(
  "tail prints a new entry and exits with 0 at Ctrl-C",
  async () => {
    const child = start(["tail", "--interval", "0.2"]);
    const outcome = ended(child);
    // The entry can be printed before the rename has ended.
    const printed = new Promise<void>((resolve) => child.stdout?.once("data", () => resolve()));
    await new Promise<void>((resolve) => child.stderr?.once("data", () => resolve()));
    await expectDone(shell.projo(["workspaces", "rename", "Renamed"]));
    await printed;
    child.kill("SIGINT");
    const { code, out } = await outcome;
    expect(code).toBe(0);
    expect(out.match(/\tworkspace\.renamed\tok\t\S+@example\.com\t/g)).toHaveLength(1);
  },
  LONG_TEST_MS,
);

const MANY = bySuite({ short: 120_000, full: 200_000 });

it(
  `verifies ${MANY} entries in as much memory as 5,000, and shows the rate only in a terminal`,
  async () => {
    const peak = async (count: number) => {
      await writeLog(join(shell.directory, "long.ndjson"), count);
      const report =
        "data:text/javascript,process.on('exit',()=>console.error('peak',process.resourceUsage().maxRSS))";
      const { code, out, err } = await projo(["verify", "long.ndjson"], {
        NODE_OPTIONS: `--import "${report}"`,
      });
      expect({ code, out }).toEqual({
        code: 0,
        out: expect.stringContaining(`Intact: ${count} entries, 1 to ${count}`),
      });
      expect(err).not.toContain("per second");
      return Number(/peak (\d+)/.exec(err)?.[1]) / 1024;
    };
    const few = await peak(5_000);
    const many = await peak(MANY);
    process.stderr.write(`${Math.round(few)} MB for 5,000 entries, ${Math.round(many)} MB for ${MANY}\n`);
    expect(many - few).toBeLessThan(60);
    const { err } = await shell.projo(["audit", "verify", "long.ndjson"], { types: [] });
    expect(err).toMatch(new RegExp(`${MANY} entries in [\\d.]+ s, \\d+ per second\\.`));
  },
  LONG_TEST_MS,
);

/** Writes a log in the format of docs/audit.md. Computes every hash here. */
async function writeLog(path: string, count: number): Promise<void> {
  const workspaceId = randomUUID();
  const file = createWriteStream(path);
  file.write(`${JSON.stringify({ format: "projo-audit/1", workspaceId, exportedAt: new Date() })}\n`);
  const salt = "0f".repeat(16);
  const commitment = createHash("sha256").update(salt, "hex").update("192.0.2.1").digest("hex");
  let hash = "00".repeat(32);
  for (let seq = 1; seq <= count; seq += 1) {
    const content = JSON.stringify({
      version: 1,
      workspaceId,
      seq,
      id: randomUUID(),
      createdAt: "2026-11-22T10:11:12.130Z",
      actorKind: "user",
      action: "task.deleted",
      targetType: "task",
      targetId: String(seq),
      outcome: "ok",
      meta: { before: { title: `The title of task number ${seq} in this log` } },
      commitments: { ip: commitment },
    });
    hash = createHash("sha256").update(hash, "hex").update(content).digest("hex");
    const line = JSON.stringify({ text: content, hash, personal: { ip: { value: "192.0.2.1", salt } } });
    if (!file.write(`${line}\n`)) await once(file, "drain");
  }
  file.end(`${JSON.stringify({ entries: count, checkpoint: null })}\n`);
  await once(file, "close");
}
