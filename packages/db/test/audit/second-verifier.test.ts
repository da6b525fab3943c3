// A second verifier, written in Python from docs/audit.md alone, agrees with ours about exported logs.
import { spawnSync } from "node:child_process";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditPage } from "../../src/tenant/audit/read-audit.ts";
import type { AuditPageRow } from "../../src/index.ts";
import { bySuite, createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asOwnerOf, logOf, plantEntries, seeded, tablesOn } from "./audit-fixtures.ts";
import {
  checkpointOf,
  hashOf,
  headerOf,
  lineOf,
  newSigner,
  verdictOnExport,
  type Line,
} from "./export-log.ts";

const needed = process.env["CI"] === "true";
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython && !needed) {
  process.stderr.write("Skipped the second verifier of the audit log: python3 is not installed.\n");
}

const FEW = 60;
const MANY = bySuite({ short: 10_000, full: 100_000 });
const verifier = fileURLToPath(new URL("verify.py", import.meta.url));
const signer = newSigner();

let directory: string;
let database: TestDatabase;
let long: PlantedWorkspace;
let short: PlantedWorkspace;
let other: PlantedWorkspace;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-export-"));
  database = await createTestDatabase();
  [long, short, other] = [
    await plantWorkspace(database),
    await plantWorkspace(database),
    await plantWorkspace(database),
  ];
  await writeFile(join(directory, "keys.json"), JSON.stringify(signer.published));
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

const footerOf = (workspaceId: string, entries: number, last: { seq: number; hash: string }) =>
  JSON.stringify({ entries, checkpoint: checkpointOf(signer, workspaceId, last) });

/** The Python verifier's result for each export, in one run. */
function pythonOn(...arguments_: string[]): { status: number | null; verdicts: unknown[]; stderr: string } {
  const keys = join(directory, "keys.json");
  const { status, stdout, stderr } = spawnSync("python3", [verifier, "--keys", keys, ...arguments_], {
    encoding: "utf8",
    maxBuffer: 10_000_000,
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { status, stderr, verdicts: lines.map((line) => JSON.parse(line) as unknown) };
}

describe.skipIf(!hasPython && !needed)("a second verifier in Python", () => {
  it("can run, which CI requires", () => {
    expect(hasPython, "CI needs python3").toBe(true);
  });

  it(`U4 agrees on a log of ${MANY} entries`, async () => {
    // On the oldest PostgreSQL a shorter log is enough: its texts are identical (text.test.ts).
    const [server] = await database.owner<{ old: boolean }>(
      "SELECT current_setting('server_version_num')::int < 160000 AS old",
    );
    const many = server?.old ? 10_000 : MANY;
    const path = join(directory, "long.ndjson");
    const file = await open(path, "w");
    const last = await asOwnerOf(database, async (owner) => {
      await plantEntries(owner, long.id, many - 1);
      await file.write(`${headerOf(long.id)}\n`);
      let rows: AuditPageRow[] = [];
      for (let afterSeq = 0; afterSeq < many; afterSeq += 5_000) {
        rows = await auditPage(tablesOn(owner), { afterSeq, limit: 5_000 });
        await file.write(`${rows.map(lineOf).join("\n")}\n`);
      }
      return rows.at(-1);
    });
    if (!last) throw new Error("There is no entry.");
    await file.write(`${footerOf(long.id, many, last)}\n`);
    await file.close();
    const expected = { intact: true, entries: many, lastSeq: many, lastHash: last.hash };
    // Only a newline ends a line: the text can contain other line separators.
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(await verdictOnExport(lines, long.id, last)).toEqual(expected);
    expect(pythonOn(path)).toEqual({ status: 0, stderr: "", verdicts: [expected] });
  }, 180_000);

  it("U4 U5 names the same first wrong entry after each of 200 changes of an export", async () => {
    const [lines, foreign] = await asOwnerOf(database, async (owner) => {
      for (const { id } of [short, other]) await plantEntries(owner, id, FEW - 1);
      return [await logOf(owner, short.id), await logOf(owner, other.id)];
    });
    const last = lines.at(-1);
    if (!last) throw new Error("There is no entry.");
    const random = seeded(7);
    const ours: unknown[] = [];
    const paths: string[] = [];
    for (let kind = 0; kind < 200; kind += 1) {
      const tampered = lines.map(({ text, hash, personal }): Line => ({ text, hash, personal }));
      const found = tamper(kind, tampered, { foreign, random });
      const whole = found.problem !== "truncated" || kind % 2 === 0;
      const exported = [
        headerOf(short.id),
        ...tampered.map((line) => (line.hash === BROKEN ? line.text : JSON.stringify(line))),
        // An attacker who removes entries can correct the count but not the signature.
        ...(whole ? [footerOf(short.id, tampered.length, last)] : []),
      ];
      const verdict = await verdictOnExport(exported, short.id, last);
      expect(verdict, found.what).toMatchObject({ intact: false, seq: found.seq, problem: found.problem });
      ours.push({ intact: false, seq: found.seq, problem: found.problem });
      paths.push(join(directory, `${kind}.ndjson`));
      await writeFile(join(directory, `${kind}.ndjson`), `${exported.join("\n")}\n`);
    }
    const { status, verdicts } = pythonOn(...paths);
    expect(verdicts).toEqual(ours);
    expect(status).toBe(1);
  });

  it("rejects a checkpoint that the server did not sign or signed for another log", async () => {
    const [rows, foreign] = await asOwnerOf(database, async (owner) => [
      await logOf(owner, short.id),
      await logOf(owner, other.id),
    ]);
    const last = rows.at(-1);
    const otherLast = foreign.at(-1);
    if (!last || !otherLast) throw new Error("There is no entry.");
    const genuine = checkpointOf(signer, short.id, last);
    const cut = rows.slice(0, -5);
    const checkpoints = [
      checkpointOf({ ...newSigner(), keyId: signer.keyId }, short.id, last),
      { ...genuine, text: genuine.text.replace(`"seq":${last.seq}`, `"seq":${last.seq - 5}`) },
      { ...genuine, signature: genuine.signature.replace(/^./, (first) => (first === "A" ? "B" : "A")) },
      { ...genuine, signature: "" },
      { ...genuine, keyId: "unknown" },
      checkpointOf(signer, other.id, otherLast),
      checkpointOf(signer, short.id, rows[10] ?? last),
    ];
    const write = async (name: string, shown: readonly AuditPageRow[], checkpoint: unknown) => {
      const path = join(directory, name);
      const footer = JSON.stringify({ entries: shown.length, checkpoint });
      await writeFile(path, [headerOf(short.id), ...shown.map(lineOf), footer, ""].join("\n"));
      return path;
    };
    const paths: string[] = [];
    for (const [place, checkpoint] of checkpoints.entries()) {
      paths.push(await write(`forged-${place}.ndjson`, rows, checkpoint));
    }
    expect(pythonOn(...paths).verdicts).toEqual(
      checkpoints.map(() => ({ intact: false, seq: null, problem: "checkpoint" })),
    );
    // A checkpoint that was saved earlier reveals a truncation that the export alone does not show.
    const saved = join(directory, "saved.json");
    await writeFile(saved, JSON.stringify(genuine));
    const silent = await write("cut.ndjson", cut, null);
    expect(pythonOn(silent)).toMatchObject({ status: 0, verdicts: [{ intact: true, lastSeq: FEW - 5 }] });
    expect(pythonOn("--checkpoint", saved, silent)).toMatchObject({
      status: 1,
      verdicts: [{ intact: false, seq: FEW - 4, problem: "truncated" }],
    });
  });
});

/** The hash for a line that is not valid JSON. The line itself becomes `text`. */
const BROKEN = "broken";

interface Found {
  what: string;
  seq: number;
  problem: string;
}

interface Means {
  foreign: readonly Line[];
  random(limit: number): number;
}

/** Changes the lines, which are numbered from 1. @returns the first wrong line */
function tamper(kind: number, lines: Line[], { foreign, random }: Means): Found {
  const seq = 2 + random(lines.length - 3);
  const line = lines[seq - 1];
  const foreignLine = foreign[random(foreign.length)];
  if (!line || !foreignLine) throw new Error("There is no such entry.");
  const forge = () => {
    line.text = line.text.replace('"outcome" : "ok"', '"outcome" : "failed"');
  };
  const rehash = (from: number, to: number) => {
    for (let place = from - 1; place < to; place += 1) {
      const [before, one] = [lines[place - 1], lines[place]];
      if (one) one.hash = hashOf(before?.hash ?? "00".repeat(32), one.text);
    }
  };
  switch (kind % 14) {
    case 0: {
      const place = line.text.indexOf('"id"') + random(line.text.length - line.text.indexOf('"id"'));
      const letter = line.text[place] === "x" ? "y" : "x";
      line.text = line.text.slice(0, place) + letter + line.text.slice(place + 1);
      return { what: `a letter of entry ${seq} is changed`, seq, problem: "edited" };
    }
    case 1:
      line.hash = hashOf(line.hash, "");
      return { what: `the hash of entry ${seq} is changed`, seq, problem: "edited" };
    case 2:
      line.personal = {
        ...line.personal,
        ip: { value: "198.51.100.1", salt: line.personal?.["ip"]?.salt ?? "" },
      };
      return { what: `an address in entry ${seq} is changed`, seq, problem: "personal" };
    case 3:
      line.personal = { ...line.personal, email: { value: "a@example.com", salt: "0".repeat(32) } };
      return { what: `an address is added to entry ${seq}`, seq, problem: "personal" };
    case 4:
      lines.splice(seq - 1, 1);
      return { what: `entry ${seq} is deleted`, seq, problem: "missing" };
    case 5: {
      const later = seq + 1 + random(lines.length - seq);
      [lines[seq - 1], lines[later - 1]] = [lines[later - 1] ?? line, line];
      return { what: `entries ${seq} and ${later} are swapped`, seq, problem: "reordered" };
    }
    case 6:
    case 7:
      lines.length = seq;
      return { what: `the entries after ${seq} are removed`, seq: seq + 1, problem: "truncated" };
    case 8:
      lines.splice(seq - 1, random(2), foreignLine);
      return { what: `entry ${seq} is replaced by one of another workspace`, seq, problem: "foreign" };
    case 9: {
      const again = seq + 1 + random(lines.length - seq);
      lines.splice(again - 1, 0, { ...line });
      return { what: `entry ${seq} is repeated at ${again}`, seq: again, problem: "repeated" };
    }
    case 10:
      lines[seq - 1] = {
        text: ["", "{", "[]", "null", '{"text": 1}', '"text"'][random(6)] ?? "",
        hash: BROKEN,
        personal: null,
      };
      return { what: `line ${seq} is broken`, seq, problem: "edited" };
    case 11:
      forge();
      rehash(seq, seq);
      return { what: `entry ${seq} and its hash are forged`, seq: seq + 1, problem: "edited" };
    case 12:
      forge();
      rehash(seq, lines.length);
      return { what: `entry ${seq} and all later ones are forged`, seq: lines.length, problem: "rewritten" };
    default:
      line.text = line.text.replace(`"seq" : ${seq}`, `"seq" : ${seq + 1}`);
      return { what: `entry ${seq} has the next number`, seq, problem: "missing" };
  }
}
