import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  startServerOver,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { keyOf, makeKey, shownIn, verdictOf, type MadeKey } from "./made-key.ts";

const [first, second] = [1, 2].map((kid) => `${kid}:${randomBytes(32).toString("base64url")}`);
const HOUR_MS = 3_600_000;
const REFUSED = "401 auth.unauthenticated";

// The same keys, before, during and after a change of the server's own.
let before: TestServer;
let during: TestServer;
let after: TestServer;
let ada: Person;
let workspaceId: string;
beforeAll(async () => {
  before = await startTestServer({ PROJO_TOKEN_KEYS: `${first}` });
  during = await startServerOver(before.database, { PROJO_TOKEN_KEYS: `${second},${first}` });
  after = await startServerOver(before.database, { PROJO_TOKEN_KEYS: `${second}` });
  ada = await arrive(before, "ada");
  workspaceId = await foundWorkspace(ada);
});
afterAll(async () => {
  await during.close();
  await after.close();
  await before.close();
});

const works = async (key: MadeKey) => verdictOf(await key.call("tasks.list"));
const at = ({ url }: TestServer, { id, token }: MadeKey): MadeKey => keyOf(url, { data: { id, token } });
const rotate = async (id: string, wishes: { overlapHours?: number; expiresInDays?: number } = {}) => {
  const answer = await ada.call("serviceKeys.rotate", { id, ...wishes }, workspaceId);
  if (answer.status !== 200) throw new Error(answer.text);
  return { shown: shownIn(answer), key: keyOf(before.url, answer) };
};
const move = (id: string, column: "expires_at" | "previous_expires_at", hours: number) =>
  before.database.owner(
    `UPDATE service_keys SET ${column} = ${column} + $2 * interval '1 hour' WHERE id = $1`,
    [id, hours],
  );

describe("a rotated key", () => {
  it("has two tokens that work, until the one before ends when the answer said", async () => {
    const old = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    const { shown, key } = await rotate(old.id, { overlapHours: 2 });
    expect(key.id).toBe(old.id);
    expect(key.token).not.toBe(old.token);
    expect(Date.parse(shown.previousExpiresAt ?? "") - Date.parse(shown.rotatedAt ?? "")).toBe(2 * HOUR_MS);
    expect([await works(old), await works(key)]).toEqual(["200", "200"]);
    await move(key.id, "previous_expires_at", -1.99);
    expect([await works(old), await works(key)]).toEqual(["200", "200"]);
    await move(key.id, "previous_expires_at", -0.011);
    expect([await works(old), await works(key)]).toEqual([REFUSED, "200"]);
    const [listed] = (await ada.call("serviceKeys.list", { limit: 1 }, workspaceId)).data.items;
    expect(listed).toMatchObject({ id: key.id, previousExpiresAt: null, status: "active" });
  });

  it("without an overlap has one, and keeps nothing of the other", async () => {
    const old = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    // Many times: an end that is rounded to the millisecond may lie in the future for a moment.
    let newest = old;
    for (let round = 0; round < 20; round += 1) {
      const { shown, key } = await rotate(old.id, { overlapHours: 0 });
      expect(shown.previousExpiresAt).toBeNull();
      expect([await works(newest), await works(key)]).toEqual([REFUSED, "200"]);
      newest = key;
    }
    const rows = await before.database.owner(
      "SELECT previous_kid, previous_mac, previous_expires_at FROM service_keys WHERE id = $1",
      [old.id],
    );
    expect(rows).toEqual([{ previous_kid: null, previous_mac: null, previous_expires_at: null }]);
  });

  it("twice has two tokens still: the oldest is over", async () => {
    const oldest = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    const { key: middle } = await rotate(oldest.id, { overlapHours: 168 });
    const { key: newest } = await rotate(oldest.id, { overlapHours: 168 });
    expect([await works(oldest), await works(middle), await works(newest)]).toEqual([REFUSED, "200", "200"]);
  });

  it("that had expired works by its new token alone", async () => {
    const old = await makeKey(before, ada, workspaceId, { scopes: ["task:read"], expiresInDays: 1 });
    await move(old.id, "expires_at", -25);
    expect(await works(old)).toBe(REFUSED);
    const { shown, key } = await rotate(old.id, { overlapHours: 24, expiresInDays: 3 });
    expect(shown).toMatchObject({ status: "active", previousExpiresAt: null });
    expect(Date.parse(shown.expiresAt) - Date.parse(shown.rotatedAt ?? "")).toBe(72 * HOUR_MS);
    expect([await works(old), await works(key)]).toEqual([REFUSED, "200"]);
  });

  it("tells the truth of the token before: it outlives neither its own end nor the new one's", async () => {
    const soonOver = await makeKey(before, ada, workspaceId, { scopes: ["task:read"], expiresInDays: 1 });
    const longer = await rotate(soonOver.id, { overlapHours: 168, expiresInDays: 30 });
    expect(Date.parse(longer.shown.previousExpiresAt ?? "") - Date.parse(longer.shown.createdAt)).toBe(
      24 * HOUR_MS,
    );

    const lasting = await makeKey(before, ada, workspaceId, { scopes: ["task:read"], expiresInDays: 30 });
    const shorter = await rotate(lasting.id, { overlapHours: 168, expiresInDays: 1 });
    expect(shorter.shown.previousExpiresAt).toBe(shorter.shown.expiresAt);
    await move(lasting.id, "expires_at", -25);
    expect([await works(lasting), await works(shorter.key)]).toEqual([REFUSED, REFUSED]);
  });

  it("that is revoked has none", async () => {
    const old = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    const { key } = await rotate(old.id);
    await ada.call("serviceKeys.revoke", { id: old.id }, workspaceId);
    expect([await works(old), await works(key)]).toEqual([REFUSED, REFUSED]);
  });
});

const kidsOf = (id: string) =>
  before.database.owner("SELECT secret_kid, previous_kid FROM service_keys WHERE id = $1", [id]);

describe("a service key and a change of the server's keys", () => {
  it("goes on working while the old one is on the ring", async () => {
    const key = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    expect(await kidsOf(key.id)).toEqual([{ secret_kid: 1, previous_kid: null }]);
    expect(await works(at(during, key))).toBe("200");
  });

  it("is refused when it is gone, and the log says what to do", async () => {
    const key = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    expect(await works(at(after, key))).toBe(REFUSED);
    const lines = after.logLines.filter((line) => line.includes(key.id));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ serviceKeyId: key.id, kid: 1 });
    expect(lines[0]).toContain("PROJO_TOKEN_KEYS");
    expect(lines[0]).toContain("rotate the service key");
    expect(lines[0]).not.toContain(key.token);
    expect(await works(key)).toBe("200");
  });

  it("moves to the new one when it is rotated, its token before staying with the old", async () => {
    const old = await makeKey(before, ada, workspaceId, {
      scopes: ["task:read", "key:manage"],
      role: "admin",
    });
    const rotated = keyOf(before.url, await at(during, old).call("serviceKeys.rotate", { id: old.id }));
    expect(await kidsOf(old.id)).toEqual([{ secret_kid: 2, previous_kid: 1 }]);
    expect([await works(at(during, old)), await works(at(during, rotated))]).toEqual(["200", "200"]);
    expect([await works(at(after, old)), await works(at(after, rotated))]).toEqual([REFUSED, "200"]);
  });
});
