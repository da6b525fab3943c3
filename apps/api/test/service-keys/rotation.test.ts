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

// Three servers over one database: before, during and after a change of the server's keys.
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

const verdictAt = async (key: MadeKey) => verdictOf(await key.call("tasks.list"));
const at = ({ url }: TestServer, { id, token }: MadeKey): MadeKey => keyOf(url, { data: { id, token } });
const rotate = async (id: string, options: { overlapHours?: number; expiresInDays?: number } = {}) => {
  const answer = await ada.call("serviceKeys.rotate", { id, ...options }, workspaceId);
  if (answer.status !== 200) throw new Error(answer.text);
  return { shown: shownIn(answer), key: keyOf(before.url, answer) };
};
const move = (id: string, column: "expires_at" | "previous_expires_at", hours: number) =>
  before.database.owner(
    `UPDATE service_keys SET ${column} = ${column} + $2 * interval '1 hour' WHERE id = $1`,
    [id, hours],
  );

describe("A rotated key", () => {
  it("works with the new and the previous token until the announced expiry of the previous one", async () => {
    const old = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    const { shown, key } = await rotate(old.id, { overlapHours: 2 });
    expect(key.id).toBe(old.id);
    expect(key.token).not.toBe(old.token);
    expect(Date.parse(shown.previousExpiresAt ?? "") - Date.parse(shown.rotatedAt ?? "")).toBe(2 * HOUR_MS);
    expect([await verdictAt(old), await verdictAt(key)]).toEqual(["200", "200"]);
    await move(key.id, "previous_expires_at", -1.99);
    expect([await verdictAt(old), await verdictAt(key)]).toEqual(["200", "200"]);
    await move(key.id, "previous_expires_at", -0.011);
    expect([await verdictAt(old), await verdictAt(key)]).toEqual([REFUSED, "200"]);
    const [listed] = (await ada.call("serviceKeys.list", { limit: 1 }, workspaceId)).data.items;
    expect(listed).toMatchObject({ id: key.id, previousExpiresAt: null, status: "active" });
  });

  it("works only with the new token if there is no overlap, and the database keeps nothing of the previous one", async () => {
    const old = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    // Repeat this: an expiry that is rounded to milliseconds could lie in the future for a moment.
    let newest = old;
    for (let round = 0; round < 20; round += 1) {
      const { shown, key } = await rotate(old.id, { overlapHours: 0 });
      expect(shown.previousExpiresAt).toBeNull();
      expect([await verdictAt(newest), await verdictAt(key)]).toEqual([REFUSED, "200"]);
      newest = key;
    }
    const rows = await before.database.owner(
      "SELECT previous_kid, previous_mac, previous_expires_at FROM service_keys WHERE id = $1",
      [old.id],
    );
    expect(rows).toEqual([{ previous_kid: null, previous_mac: null, previous_expires_at: null }]);
  });

  it("works with all its tokens after a second rotation within the overlap", async () => {
    const oldest = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    const { key: middle } = await rotate(oldest.id, { overlapHours: 168 });
    const { key: newest } = await rotate(oldest.id, { overlapHours: 168 });
    expect([await verdictAt(oldest), await verdictAt(middle), await verdictAt(newest)]).toEqual([
      "200",
      "200",
      "200",
    ]);
  });

  it("works only with the new token if the previous one had expired", async () => {
    const old = await makeKey(before, ada, workspaceId, { scopes: ["task:read"], expiresInDays: 1 });
    await move(old.id, "expires_at", -25);
    expect(await verdictAt(old)).toBe(REFUSED);
    const { shown, key } = await rotate(old.id, { overlapHours: 24, expiresInDays: 3 });
    expect(shown).toMatchObject({ status: "active", previousExpiresAt: null });
    expect(Date.parse(shown.expiresAt) - Date.parse(shown.rotatedAt ?? "")).toBe(72 * HOUR_MS);
    expect([await verdictAt(old), await verdictAt(key)]).toEqual([REFUSED, "200"]);
  });

  it("returns the real expiry of the previous token, which outlives neither its own expiry nor the new token's", async () => {
    const soonOver = await makeKey(before, ada, workspaceId, { scopes: ["task:read"], expiresInDays: 1 });
    const longer = await rotate(soonOver.id, { overlapHours: 168, expiresInDays: 30 });
    expect(Date.parse(longer.shown.previousExpiresAt ?? "") - Date.parse(longer.shown.createdAt)).toBe(
      24 * HOUR_MS,
    );

    const lasting = await makeKey(before, ada, workspaceId, { scopes: ["task:read"], expiresInDays: 30 });
    const shorter = await rotate(lasting.id, { overlapHours: 168, expiresInDays: 1 });
    expect(shorter.shown.previousExpiresAt).toBe(shorter.shown.expiresAt);
    await move(lasting.id, "expires_at", -25);
    expect([await verdictAt(lasting), await verdictAt(shorter.key)]).toEqual([REFUSED, REFUSED]);
  });

  it("refuses both tokens after its revocation", async () => {
    const old = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    const { key } = await rotate(old.id);
    await ada.call("serviceKeys.revoke", { id: old.id }, workspaceId);
    expect([await verdictAt(old), await verdictAt(key)]).toEqual([REFUSED, REFUSED]);
  });
});

const kidsOf = (id: string) =>
  before.database.owner("SELECT secret_kid, previous_kid FROM service_keys WHERE id = $1", [id]);

describe("After a change of the server's keys, a service key", () => {
  it("continues to work while the key ring contains the old server key", async () => {
    const key = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    expect(await kidsOf(key.id)).toEqual([{ secret_kid: 1, previous_kid: null }]);
    expect(await verdictAt(at(during, key))).toBe("200");
  });

  it("gets 401 without the old server key, and the log says what to do", async () => {
    const key = await makeKey(before, ada, workspaceId, { scopes: ["task:read"] });
    expect(await verdictAt(at(after, key))).toBe(REFUSED);
    const lines = after.logLines.filter((line) => line.includes(key.id));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ serviceKeyId: key.id, kid: 1 });
    expect(lines[0]).toContain("PROJO_TOKEN_KEYS");
    expect(lines[0]).toContain("rotate the service key");
    expect(lines[0]).not.toContain(key.token);
    expect(await verdictAt(key)).toBe("200");
  });

  it("uses the new server key after a rotation, while its previous token still uses the old one", async () => {
    const old = await makeKey(before, ada, workspaceId, {
      scopes: ["task:read", "key:manage"],
      role: "admin",
    });
    const rotated = keyOf(before.url, await at(during, old).call("serviceKeys.rotate", { id: old.id }));
    expect(await kidsOf(old.id)).toEqual([{ secret_kid: 2, previous_kid: 1 }]);
    expect([await verdictAt(at(during, old)), await verdictAt(at(during, rotated))]).toEqual(["200", "200"]);
    expect([await verdictAt(at(after, old)), await verdictAt(at(after, rotated))]).toEqual([REFUSED, "200"]);
  });
});
