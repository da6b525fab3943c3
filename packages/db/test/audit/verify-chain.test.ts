/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// The verifier needs only the entries, and detects changes even by the owner of the database.
import { createHash, randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyChain, type ChainPoint, type ChainVerdict } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { auditRows, asOwnerOf, entryOf, logOf, seeded, verdictOn } from "./audit-fixtures.ts";

const LENGTH = 12;

let database: TestDatabase;
let home: PlantedWorkspace;
let other: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  other = await plantWorkspace(database);
  for (const { id } of [home, other]) {
    await database.owner(
      `SET LOCAL app.workspace_id = '${id}'; SELECT projo_audit_append('${JSON.stringify(
        Array.from({ length: LENGTH - 1 }, (_, place) =>
          entryOf({
            targetId: String(place),
            actorUserId: randomUUID(),
            requestId: "request",
            sessionId: randomUUID(),
            personal: { ip: "192.0.2.1", userAgent: "a browser", email: "guest@example.com" },
          }),
        ),
      )}')`,
    );
  }
});
afterAll(() => database.drop());

/** A change of the log by its owner, and the first wrong entry after it. */
interface Tampering {
  readonly what: string;
  readonly sql: string[];
  readonly found: { seq: number; problem: string };
}

const entry = (seq: number, workspace = "HOME") => `workspace_id = '${workspace}' AND seq = ${seq}`;
const SHIFT = 1_000_000;
/** Shifts the numbers of entries without two entries having the same number in between. */
const shift = (from: number, by: number) => [
  `UPDATE audit_logs SET seq = seq + ${SHIFT} WHERE workspace_id = 'HOME' AND seq >= ${from}`,
  `UPDATE audit_logs SET seq = seq - ${SHIFT} + ${by} WHERE workspace_id = 'HOME' AND seq >= ${SHIFT}`,
];
const copy = (from: string, to: number) =>
  `INSERT INTO audit_logs SELECT (jsonb_populate_record(a, jsonb_build_object(
     'id', gen_random_uuid(), 'workspace_id', 'HOME', 'seq', ${to}))).* FROM audit_logs AS a WHERE ${from}`;
/** Recomputes the hashes of entries, as an attacker with knowledge of the algorithm would. */
const rehash = (from: number, to: number) =>
  Array.from(
    { length: to - from + 1 },
    (_, place) =>
      `UPDATE audit_logs AS a SET hash = projo_audit_hash(coalesce(
          (SELECT hash FROM audit_logs WHERE ${entry(from + place - 1)}), decode(repeat('00', 32), 'hex')), a)
        WHERE ${entry(from + place)}`,
  );

const columns: [column: string, value: string, problem?: string][] = [
  ["id", "gen_random_uuid()"],
  ["actor_kind", "'system'"],
  ["actor_user_id", "gen_random_uuid()"],
  ["actor_user_id", "NULL"],
  ["actor_key_id", "gen_random_uuid()"],
  ["action", "action || ' '"],
  ["target_type", "'project'"],
  ["target_id", "target_id || '0'"],
  ["outcome", "'failed'"],
  ["request_id", "'another'"],
  ["request_id", "NULL"],
  ["session_id", "gen_random_uuid()"],
  ["created_at", "created_at + interval '1 millisecond'"],
  ["created_at", "created_at - interval '1 year'"],
  ["meta_json", "'{}'"],
  ["meta_json", "jsonb_set(meta_json, '{before,title}', '\"another\"')"],
  ["meta_json", "jsonb_set(meta_json, '{before,count}', '1.0')"],
  ["meta_json", "meta_json || '{\"after\": {}}'"],
  ["commitments_json", "'{}'"],
  ["commitments_json", "jsonb_set(commitments_json, '{ip}', '\"00\"')"],
  ["hash", "sha256(hash)"],
  ["personal_json", "jsonb_set(personal_json, '{ip,value}', '\"198.51.100.1\"')", "personal"],
  ["personal_json", "jsonb_set(personal_json, '{email,salt}', to_jsonb(repeat('0', 32)))", "personal"],
  ["personal_json", 'personal_json || \'{"shoeSize": {"value": "44", "salt": "00"}}\'', "personal"],
  ["personal_json", "'[]'", "personal"],
  ["personal_json", "jsonb_set(personal_json, '{ip}', '{}')", "personal"],
];

function tampering(kind: number, random: (limit: number) => number): Tampering {
  const seq = 2 + random(LENGTH - 2); // not the planted first entry, which has no personal values, and not the last
  switch (kind % 9) {
    case 0: {
      const place = 1 + random(LENGTH - 1);
      return {
        what: `entry ${place} is deleted`,
        sql: [`DELETE FROM audit_logs WHERE ${entry(place)}`],
        found: { seq: place, problem: "missing" },
      };
    }
    case 1: {
      const later = seq + 1 + random(LENGTH - seq);
      return {
        what: `entries ${seq} and ${later} are swapped`,
        sql: [
          `UPDATE audit_logs SET seq = ${SHIFT} WHERE ${entry(seq)}`,
          `UPDATE audit_logs SET seq = ${seq} WHERE ${entry(later)}`,
          `UPDATE audit_logs SET seq = ${later} WHERE ${entry(SHIFT)}`,
        ],
        found: { seq, problem: "edited" },
      };
    }
    case 2:
      return {
        what: `an entry of another workspace is inserted before entry ${seq}`,
        sql: [...shift(seq, 1), copy(entry(1 + random(LENGTH), "OTHER"), seq)],
        found: { seq, problem: "edited" },
      };
    case 3:
      return {
        what: `entry ${seq} is replaced by one of another workspace`,
        sql: [`DELETE FROM audit_logs WHERE ${entry(seq)}`, copy(entry(seq, "OTHER"), seq)],
        found: { seq, problem: "edited" },
      };
    case 4:
      return {
        what: `entry ${seq} is repeated at the end`,
        sql: [copy(entry(seq), LENGTH + 1)],
        found: { seq: LENGTH + 1, problem: "edited" },
      };
    case 5: {
      const many = 1 + random(LENGTH - 1);
      return {
        what: `the last ${many} entries are removed`,
        sql: [`DELETE FROM audit_logs WHERE workspace_id = 'HOME' AND seq > ${LENGTH - many}`],
        found: { seq: LENGTH - many + 1, problem: "truncated" },
      };
    }
    case 6:
      return {
        what: `entry ${seq} is edited and its hash recomputed, which the next entry or a checkpoint reveals`,
        sql: [`UPDATE audit_logs SET action = 'nothing' WHERE ${entry(seq)}`, ...rehash(seq, seq)],
        found: seq === LENGTH / 2 ? { seq, problem: "rewritten" } : { seq: seq + 1, problem: "edited" },
      };
    case 7:
      return {
        what: `entry ${seq} is edited and all hashes from it on are recomputed`,
        sql: [`UPDATE audit_logs SET action = 'nothing' WHERE ${entry(seq)}`, ...rehash(seq, LENGTH)],
        found: { seq: seq <= LENGTH / 2 ? LENGTH / 2 : LENGTH, problem: "rewritten" },
      };
    default:
      return {
        what: `entry ${seq} is deleted, and the later ones are renumbered and their hashes recomputed`,
        sql: [`DELETE FROM audit_logs WHERE ${entry(seq)}`, ...shift(seq, -1), ...rehash(seq, LENGTH - 1)],
        found:
          seq <= LENGTH / 2
            ? { seq: LENGTH / 2, problem: "rewritten" }
            : { seq: LENGTH, problem: "truncated" },
      };
  }
}

/** The verifier's result after the change, which is rolled back. The owner can disable the triggers. */
async function tampered(owner: pg.Client, sql: string[], checkpoints: ChainPoint[]): Promise<ChainVerdict> {
  await owner.query("BEGIN; ALTER TABLE audit_logs DISABLE TRIGGER USER");
  try {
    const named = sql.map((statement) => statement.replaceAll("HOME", home.id).replaceAll("OTHER", other.id));
    for (const statement of named) {
      const { rowCount } = await owner.query(statement);
      expect(rowCount, statement).toBeGreaterThan(0);
    }
    return await verdictOn(owner, home.id, { checkpoints });
  } finally {
    await owner.query("ROLLBACK");
  }
}

const pointsOf = (rows: readonly ChainPoint[]) => rows.map(({ seq, hash }) => ({ seq, hash }));

describe("U4 the verifier", () => {
  it("U4 accepts an intact log, page by page and from any point on", async () => {
    const grant = home.grant("audit:read");
    const whole = await verifyChain(auditRows(database.db, grant), { workspaceId: home.id });
    expect(whole).toEqual({ intact: true, entries: LENGTH, lastSeq: LENGTH, lastHash: expect.any(String) });
    const log = await asOwnerOf(database, (owner) => logOf(owner, home.id));
    for (const point of pointsOf(log)) {
      const rows = auditRows(database.db, grant, { afterSeq: point.seq, limit: 5 });
      expect(
        await verifyChain(rows, { workspaceId: home.id, after: point, checkpoints: pointsOf(log) }),
      ).toEqual({ ...whole, entries: LENGTH - point.seq });
    }
  });

  it("U4 names the first wrong entry for a change of any column", async () => {
    await asOwnerOf(database, async (owner) => {
      const known = await owner.query<{ name: string }>(
        "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'audit_logs'::regclass AND attnum > 0 AND NOT attisdropped",
      );
      const elsewhere = ["workspace_id", "seq"]; // the position of the entry, tested below
      expect(new Set([...columns.map(([column]) => column), ...elsewhere])).toEqual(
        new Set(known.rows.map(({ name }) => name)),
      );
      for (const [column, value, problem = "edited"] of columns) {
        for (const seq of [2, 7, LENGTH]) {
          const sql = `UPDATE audit_logs SET ${column} = ${value} WHERE ${entry(seq)}`;
          expect(await tampered(owner, [sql], []), sql).toMatchObject({ intact: false, seq, problem });
        }
      }
      const moved = [`UPDATE audit_logs SET workspace_id = gen_random_uuid() WHERE ${entry(5)}`];
      expect(await tampered(owner, moved, [])).toMatchObject({ seq: 5, problem: "missing" });
    });
  });

  it("U4 U5 names the first wrong entry after each of 200 changes of a log", async () => {
    const random = seeded(20_261_122);
    await asOwnerOf(database, async (owner) => {
      const log = pointsOf(await logOf(owner, home.id));
      const checkpoints = log.filter(({ seq }) => seq % (LENGTH / 2) === 0);
      for (let kind = 0; kind < 200; kind += 1) {
        const { what, sql, found } = tampering(kind, random);
        const verdict = await tampered(owner, sql, checkpoints);
        expect(verdict, what).toMatchObject({ intact: false, ...found });
      }
      expect(await verdictOn(owner, home.id, { checkpoints })).toMatchObject({ intact: true });
    });
  });

  it("U5 detects a truncated log only with a saved checkpoint", async () => {
    await asOwnerOf(database, async (owner) => {
      const log = pointsOf(await logOf(owner, home.id));
      const cut = ["DELETE FROM audit_logs WHERE workspace_id = 'HOME' AND seq > 9"];
      expect(await tampered(owner, cut, [])).toMatchObject({ intact: true, lastSeq: 9 });
      expect(await tampered(owner, cut, log.slice(0, 9))).toMatchObject({ intact: true, lastSeq: 9 });
      expect(await tampered(owner, cut, log.slice(10, 11))).toEqual({
        intact: false,
        seq: 10,
        problem: "truncated",
        message: "Entry 10 is missing at the end: a checkpoint knows of entry 11.",
      });
      const two = [{ seq: 4, hash: "00".repeat(32) }, ...log];
      expect(await verdictOn(owner, home.id, { checkpoints: two })).toMatchObject({
        seq: 4,
        problem: "rewritten",
      });
      const emptied = ["DELETE FROM audit_logs WHERE workspace_id = 'HOME'"];
      expect(await tampered(owner, emptied, log.slice(-1))).toMatchObject({ seq: 1, problem: "truncated" });
    });
  });

  it("U4 names the problem of a list of entries of any length", async () => {
    const log = await asOwnerOf(database, (owner) => logOf(owner, home.id));
    const foreign = await asOwnerOf(database, (owner) => logOf(owner, other.id));
    const verdict = (rows: typeof log, after?: ChainPoint) =>
      verifyChain(rows, { workspaceId: home.id, ...(after && { after }) });
    const expected = (seq: number, problem: string) => ({ intact: false, seq, problem });
    expect(await verdict(log.toSpliced(4, 1))).toMatchObject(expected(5, "missing"));
    expect(await verdict(log.toReversed())).toMatchObject(expected(1, "reordered"));
    expect(await verdict(log.toSpliced(4, 2, ...log.slice(4, 6).toReversed()))).toMatchObject(
      expected(5, "reordered"),
    );
    expect(await verdict([...log, ...log])).toMatchObject(expected(LENGTH + 1, "repeated"));
    expect(await verdict(log.toSpliced(4, 0, ...foreign))).toMatchObject(expected(5, "foreign"));
    expect(await verdict(log.slice(3))).toMatchObject(expected(1, "missing"));
    expect(await verdict(log.slice(4), log[2])).toMatchObject(expected(4, "missing"));
    expect(await verdict(log.slice(3), { seq: 3, hash: "00".repeat(32) })).toMatchObject(
      expected(4, "edited"),
    );
    for (const text of ["", "{", "null", "[]", '{"workspaceId":1}', '"seq"']) {
      const broken = { text, hash: "", seq: 5, personal: null };
      expect(await verdict(log.with(4, broken)), text).toMatchObject(expected(5, "edited"));
    }
    expect(await verdict([])).toEqual({ intact: true, entries: 0, lastSeq: 0, lastHash: "00".repeat(32) });
  });
});

it("U4 the verifier does not accept a lone surrogate in place of U+FFFD", async () => {
  const text = JSON.stringify({ workspaceId: "w", seq: 1, meta: "\ufffd", commitments: {} });
  const bytes = Buffer.concat([Buffer.alloc(32), Buffer.from(text)]);
  const hash = createHash("sha256").update(bytes).digest("hex");
  const verdictOnText = (given: string) =>
    verifyChain([{ text: given, hash, personal: null }], { workspaceId: "w" });
  expect(await verdictOnText(text)).toMatchObject({ intact: true });
  expect(await verdictOnText(text.replace("\ufffd", "\ud800"))).toMatchObject({ seq: 1, problem: "edited" });
});

it("U8 the log of a deleted workspace remains and is intact", async () => {
  const own = await createTestDatabase();
  const place = await plantWorkspace(own);
  await own.db.write(place.grant("workspace:delete"), ({ workspace }) =>
    workspace.delete({ where: { id: place.id } }),
  );
  expect(await own.owner("SELECT FROM workspaces")).toEqual([]);
  await own.owner(
    `SET LOCAL app.workspace_id = '${place.id}'; SELECT projo_audit_append('${JSON.stringify([entryOf()])}')`,
  );
  await asOwnerOf(own, async (owner) => {
    expect(await verdictOn(owner, place.id)).toMatchObject({ intact: true, lastSeq: 2 });
  });
  await own.drop();
});
