/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the promises it serves */
// Verifies audit logs through the API: long logs in parts, and logs that were changed in the database.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { again, startServerOver, startTestServer, type TestServer } from "../kit/index.ts";
import { newTeam, type Team } from "../members/team.ts";
import { hashedAnew, plantEntries, tamper, verifyAll, type Verdict } from "./long-log.ts";

const LONG = 12_500;

let server: TestServer;
let long: Team;
beforeAll(async () => {
  server = await startTestServer();
  long = await newTeam(server);
  await plantEntries(server, long, LONG - 1);
});
afterAll(() => server.close());

/** Creates a log with a number of entries. The first one records the creation of the workspace. */
async function shortLog(entries = 30): Promise<Team> {
  const team = await newTeam(server);
  await plantEntries(server, team, entries - 1);
  return team;
}

const checkpointOf = async ({ founder, id }: Team) => {
  const { data } = await founder.call("audit.checkpoint", {}, id);
  return data as { text: string; signature: string; keyId: string };
};
const entry = ({ id }: Team, seq: number) => `workspace_id = '${id}' AND seq = ${seq}`;
const verify = ({ founder, id }: Team, input: unknown) => founder.call("audit.verify", input, id);

describe("audit.verify", () => {
  it("U4 verifies more than 12,000 entries in parts, each from the end of the previous one", async () => {
    const parts = await verifyAll(long);
    expect(parts.map(({ intact, done, checked }) => ({ intact, done, checked }))).toEqual([
      { intact: true, done: false, checked: 5_000 },
      { intact: true, done: false, checked: 5_000 },
      { intact: true, done: true, checked: 2_500 },
    ]);
    expect(parts.map(({ last }) => last?.seq)).toEqual([5_000, 10_000, LONG]);
    const [whole] = await verifyAll(long, { limit: 10_000 });
    expect(whole).toMatchObject({ checked: 10_000, last: parts[1]?.last });
  });

  it("ends with an empty part if the length of the log is a multiple of a part", async () => {
    const parts = await verifyAll(await shortLog(20), { limit: 10 });
    expect(parts.map(({ done, checked }) => [done, checked])).toEqual([
      [false, 10],
      [false, 10],
      [true, 0],
    ]);
  });

  it.each<[string, (team: Team) => string, { seq: number; kind: string }]>([
    [
      "an entry that was edited",
      (team) => `UPDATE audit_logs SET target_id = 'another' WHERE ${entry(team, 17)}`,
      { seq: 17, kind: "edited" },
    ],
    [
      "an entry that was edited with its hash",
      (team) =>
        `UPDATE audit_logs SET target_id = 'another' WHERE ${entry(team, 17)};
         UPDATE audit_logs AS e SET hash = projo_audit_hash(
           (SELECT hash FROM audit_logs WHERE ${entry(team, 16)}), e) WHERE ${entry(team, 17)}`,
      { seq: 18, kind: "edited" },
    ],
    [
      "an entry that was taken out",
      (team) => `DELETE FROM audit_logs WHERE ${entry(team, 17)}`,
      { seq: 17, kind: "missing" },
    ],
    [
      "two entries that changed places",
      (team) =>
        `UPDATE audit_logs SET seq = 1000 WHERE ${entry(team, 17)};
         UPDATE audit_logs SET seq = 17 WHERE ${entry(team, 21)}; UPDATE audit_logs SET seq = 21 WHERE ${entry(team, 1_000)}`,
      { seq: 17, kind: "edited" },
    ],
    [
      "an address that was exchanged",
      (team) =>
        `UPDATE audit_logs SET personal_json = jsonb_set(personal_json, '{ip,value}', '"203.0.113.9"') WHERE ${entry(team, 17)}`,
      { seq: 17, kind: "personal" },
    ],
  ])("U4 %s is named", async (_, sql, problem) => {
    const team = await shortLog();
    await tamper(server, sql(team));
    const verdicts = await verifyAll(team, { limit: 7 });
    expect(verdicts.at(-1)).toMatchObject({ intact: false, done: true, last: null, problem });
    expect(verdicts.slice(0, -1).every(({ intact }) => intact)).toBe(true);
    expect(verdicts.at(-1)?.problem?.message).toMatch(new RegExp(`^Entry ${problem.seq} is `));
  });

  it("U4 names the edited entry in a log of 12,500 entries", async () => {
    const team = await shortLog(LONG);
    await tamper(server, `UPDATE audit_logs SET meta_json = '{}' WHERE ${entry(team, 11_003)}`);
    expect((await verifyAll(team)).at(-1)?.problem).toMatchObject({ seq: 11_003, kind: "edited" });
  });

  it("U5 detects a truncated or rewritten log by a saved checkpoint", async () => {
    const [cut, rewritten, whole] = [await shortLog(), await shortLog(), await shortLog()];
    const [ofCut, ofRewritten, ofWhole] = [
      await checkpointOf(cut),
      await checkpointOf(rewritten),
      await checkpointOf(whole),
    ];
    await plantEntries(server, whole, 5);
    await tamper(server, `DELETE FROM audit_logs WHERE workspace_id = '${cut.id}' AND seq > 25`);
    await tamper(
      server,
      `UPDATE audit_logs SET target_id = 'another' WHERE ${entry(rewritten, 9)}; ${hashedAnew(rewritten, 9)}`,
    );
    // Without the checkpoint, each of these logs verifies.
    for (const team of [cut, rewritten])
      expect((await verifyAll(team)).at(-1)).toMatchObject({ intact: true });
    for (const limit of [7, 10, 5_000]) {
      expect((await verifyAll(cut, { limit, checkpoint: ofCut })).at(-1)?.problem).toMatchObject({
        seq: 26,
        kind: "truncated",
      });
      expect((await verifyAll(rewritten, { limit, checkpoint: ofRewritten })).at(-1)?.problem).toMatchObject({
        seq: 30,
        kind: "rewritten",
      });
      expect((await verifyAll(whole, { limit, checkpoint: ofWhole })).at(-1)).toMatchObject({
        intact: true,
        last: { seq: 35 },
      });
    }
  });

  it("U5 detects that the entry at the end of an earlier verification is missing or changed", async () => {
    const ended = async (team: Team) => (await verifyAll(team)).at(-1)?.last;
    const [cut, rewritten, holed] = [await shortLog(), await shortLog(), await shortLog()];
    const [ofCut, ofRewritten, ofHoled] = [await ended(cut), await ended(rewritten), await ended(holed)];
    await plantEntries(server, holed, 3);
    await tamper(server, `DELETE FROM audit_logs WHERE workspace_id = '${cut.id}' AND seq > 25`);
    await tamper(
      server,
      `UPDATE audit_logs SET target_id = 'x' WHERE ${entry(rewritten, 9)}; ${hashedAnew(rewritten, 9)}`,
    );
    await tamper(server, `DELETE FROM audit_logs WHERE ${entry(holed, 30)}`);
    const problemOf = async (team: Team, after: unknown) =>
      ((await verify(team, { after })).data as Verdict).problem;
    expect(await problemOf(cut, ofCut)).toMatchObject({ seq: 26, kind: "truncated" });
    expect(await problemOf(rewritten, ofRewritten)).toMatchObject({ seq: 30, kind: "rewritten" });
    expect(await problemOf(holed, ofHoled)).toMatchObject({ seq: 30, kind: "missing" });
  });

  it("rejects a checkpoint of another workspace, one with a flipped bit, and one with an unknown key", async () => {
    const team = await shortLog();
    const genuine = await checkpointOf(team);
    const flipped = (text: string) => `${text.slice(0, 40)}${text[40] === "A" ? "B" : "A"}${text.slice(41)}`;
    const later = genuine.text.replace('"seq":30', '"seq":29');
    expect(later).not.toBe(genuine.text);
    for (const checkpoint of [
      await checkpointOf(long),
      { ...genuine, text: later },
      { ...genuine, signature: flipped(genuine.signature) },
      { ...genuine, signature: "" },
      { ...genuine, keyId: "0123456789abcdef" },
      { ...genuine, text: "no checkpoint" },
    ]) {
      const { status, error } = await verify(team, { checkpoint });
      expect([status, error?.reason]).toEqual([400, "checkpoint.invalid"]);
    }
    expect((await verify(team, { checkpoint: genuine })).data).toMatchObject({ intact: true, done: true });
  });

  it("accepts checkpoints of an older key while the server has the key", async () => {
    const [older, newer] = [1, 2].map((kid) => `${kid}:${Buffer.alloc(32, kid).toString("base64url")}`);
    const team = await shortLog();
    const rings = [`${older}`, `${newer},${older}`, `${newer}`];
    const [before, during, after] = await Promise.all(
      rings.map((keys) => startServerOver(server.database, { PROJO_TOKEN_KEYS: keys })),
    );
    if (!before || !during || !after) throw new Error("There are three.");
    try {
      const signed = await (await again(before, team.founder)).call("audit.checkpoint", {}, team.id);
      const statusOn = async (one: TestServer) =>
        (await (await again(one, team.founder)).call("audit.verify", { checkpoint: signed.data }, team.id))
          .status;
      expect([await statusOn(before), await statusOn(during), await statusOn(after)]).toEqual([
        200, 200, 400,
      ]);
      const keysOf = async ({ url }: TestServer) => {
        const answer = await fetch(`${url}/.well-known/projo-audit-keys.json`);
        expect(answer.headers.get("content-type")).toContain("application/json");
        const { keys } = (await answer.json()) as {
          keys: { keyId: string; algorithm: string; pem: string }[];
        };
        for (const { algorithm, pem } of keys) {
          expect(algorithm).toBe("Ed25519");
          expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[\w+/=]+\n-----END PUBLIC KEY-----\n$/);
        }
        return keys.map(({ keyId }) => keyId);
      };
      const [first, both, second] = [await keysOf(before), await keysOf(during), await keysOf(after)];
      // The newest key signs, and comes first.
      expect(both).toEqual([...second, ...first]);
      expect(first).toEqual([signed.data.keyId]);
    } finally {
      await Promise.all([before, during, after].map((one) => one.close()));
    }
  });
});
