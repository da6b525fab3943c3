import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { operations } from "@projostack/contract";
import { bySuite } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatServiceKey, keepSecret, parseServiceKey } from "../../src/identity/tokens/service-keys.ts";
import { formatOneTimeToken, formatRefreshToken } from "../../src/identity/tokens/tokens.ts";
import { arrive, call, foundWorkspace, startTestServer, type Person, type TestServer } from "../kit/index.ts";
import { mutationsOf } from "../sessions/mutations.ts";
import { bytesOfToken, makeKey, verdictOf, type MadeKey } from "./made-key.ts";

let server: TestServer;
let ada: Person;
let workspaceId: string;
let key: MadeKey;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  key = await makeKey(server, ada, workspaceId, { scopes: ["task:read", "token:introspect"] });
});
afterAll(() => server.close());

const REFUSED = "401 auth.unauthenticated";
const tried = async (token: string) => verdictOf(await call(server.url, "tasks.list", { token }));

describe("whoever stole one half of what a key's token is made of", () => {
  it("S1 makes no token from the whole database without the server's key", async () => {
    const tables = await server.database.owner<{ name: string }>(
      "SELECT quote_ident(relname) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    );
    const dump: unknown[] = [];
    for (const { name } of tables) dump.push(...(await server.database.owner(`SELECT * FROM ${name}`)));
    const cells = dump.flatMap((row) => Object.values(row as Record<string, unknown>));
    const bytes = cells
      .filter((cell) => Buffer.isBuffer(cell) || typeof cell === "string")
      .map((cell) => Buffer.from(cell));
    const secret = bytesOfToken(key.token).subarray(16, 48);
    const kept = keepSecret(server.keys, key.id, secret).mac;
    expect(bytes.some((cell) => cell.equals(kept))).toBe(true);
    // Neither the secret nor the token is in the dump, whole or as a part of a text.
    const text = bytes.map((cell) => cell.toString("latin1")).join("\n");
    for (const form of [secret.toString("latin1"), secret.toString("hex"), key.token, key.token.slice(4)]) {
      expect(text).not.toContain(form);
    }
    // Whatever it holds, taken for the secret, opens nothing.
    const guesses = [Buffer.alloc(32), randomBytes(32), ...bytes].map((cell) =>
      Buffer.concat([cell, Buffer.alloc(32)]).subarray(0, 32),
    );
    expect(guesses.length).toBeGreaterThan(10);
    for (const guess of guesses) expect(await tried(formatServiceKey(key.id, guess))).toBe(REFUSED);
    expect(await tried(formatServiceKey(key.id, secret))).toBe("200");
  });

  it("S1 makes no token from the server's key without a row that it wrote", async () => {
    const secret = randomBytes(32);
    for (const id of [key.id, systemRandomness.newId(), randomUUID(), workspaceId, ada.id]) {
      expect(await tried(formatServiceKey(id, secret))).toBe(REFUSED);
    }
    // What the key makes of an id, or of what is stored, is no secret either.
    const stored = keepSecret(server.keys, key.id, bytesOfToken(key.token).subarray(16, 48)).mac;
    const derived = [stored, server.keys.mac(server.keys.newestKid, Buffer.from(key.id), stored) ?? stored];
    for (const guess of derived) expect(await tried(formatServiceKey(key.id, guess))).toBe(REFUSED);
  });

  it("S1 makes no key by writing to the database, without the server's key", async () => {
    const secret = randomBytes(32);
    const { id: ofAnother } = await makeKey(server, ada, workspaceId, { scopes: ["task:read"] });
    const stranger = parseKeyRing(`1:${randomBytes(32).toString("base64url")}`);
    const write = (id: string, mac: Uint8Array) =>
      server.database.owner(
        `INSERT INTO service_keys (id, workspace_id, name, role, scopes, secret_kid, secret_mac, created_by, expires_at)
         VALUES ($1, $2, 'Planted', 'admin', '{task:read}', 1, $3, $4, now() + interval '1 day')`,
        [id, workspaceId, mac, ada.id],
      );
    const flat = createHmac("sha256", Buffer.alloc(32)).update(secret).digest();
    for (const mac of [secret, flat, keepSecret(stranger, key.id, secret).mac]) {
      const id = systemRandomness.newId();
      await write(id, mac);
      expect(await tried(formatServiceKey(id, secret))).toBe(REFUSED);
    }
    // A code that is copied from one key's row to another's opens nothing: it is bound to its key.
    const own = bytesOfToken(key.token).subarray(16, 48);
    await server.database.owner("UPDATE service_keys SET secret_mac = $1 WHERE id = $2", [
      keepSecret(server.keys, key.id, own).mac,
      ofAnother,
    ]);
    expect(await tried(formatServiceKey(ofAnother, own))).toBe(REFUSED);
    // The very row that the server would have written works: what was missing is the server's key.
    const id = systemRandomness.newId();
    await write(id, keepSecret(server.keys, id, secret).mac);
    expect(await tried(formatServiceKey(id, secret))).toBe("200");
  });
});

describe("tokens of different kinds", () => {
  const kinds = ["pja_", "pjr_", "pjo_", "pji_", "pjk_"];

  it("S5 a key's token passes for no other kind, whatever it is called", async () => {
    const forms = [key.token, ...kinds.map((prefix) => prefix + key.token.slice(4))];
    for (const token of forms) {
      const refreshed = await call(server.url, "auth.refresh", { input: { refreshToken: token } });
      expect([token, verdictOf(refreshed)]).toEqual([token, REFUSED]);
      const verified = await call(server.url, "email.verify", { input: { token } });
      expect([token, verdictOf(verified)]).toEqual([token, "401 token.invalid"]);
      const reset = await call(server.url, "password.reset", {
        input: { token, newPassword: "seven quiet lanterns" },
      });
      expect([token, verdictOf(reset)]).toEqual([token, "401 token.invalid"]);
      const invited = await call(server.url, "invites.preview", { input: { token } });
      expect([token, verdictOf(invited)]).toEqual([token, "404 invite.invalid"]);
      expect([token, await tried(token)]).toEqual([token, token === key.token ? "200" : REFUSED]);
    }
  });

  it("S5 no other kind passes for a key's, on any operation that needs a token", async () => {
    const [session] = await server.database.owner<{ salt: Buffer }>(
      "SELECT salt FROM sessions WHERE id = $1",
      [ada.sessionId],
    );
    const salt = session?.salt ?? Buffer.alloc(0);
    const made = [
      ada.token,
      formatRefreshToken(server.keys, salt, { sessionId: ada.sessionId, generation: 1 }),
      formatOneTimeToken(server.keys, salt, { id: key.id, purpose: "email.verify" }),
      `pji_${randomBytes(32).toString("base64url")}`,
    ];
    const guarded = operations.filter(({ operation }) => operation.access !== "public");
    expect(guarded.length).toBeGreaterThan(20);
    for (const { name } of guarded) {
      for (const token of made.map((one) => `pjk_${one.slice(4)}`)) {
        expect([name, verdictOf(await call(server.url, name, { token }))]).toEqual([name, REFUSED]);
      }
    }
  });

  it("S5 a key does nothing that is for people", async () => {
    const forPeople = operations.filter(({ operation }) => operation.access === "session");
    expect(forPeople.length).toBeGreaterThan(8);
    for (const { name } of forPeople) {
      expect([name, verdictOf(await key.call(name))]).toEqual([name, "403 auth.person_required"]);
    }
  });
});

describe("a key's token that is not genuine", () => {
  it("S11 is any that differs from a genuine one in a single bit, its checksum put right or not", async () => {
    const bytes = bytesOfToken(key.token);
    const seen = new Map<string, number>();
    const count = async (token: string) => {
      const verdict = await tried(token);
      seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
    };
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await count(`pjk_${flipped.toString("base64url")}`);
      // The checksum keeps out mistakes, not people: it must not be what the refusal rests on.
      if (bit < 48 * 8) await count(formatServiceKey(idIn(flipped), flipped.subarray(16, 48)));
    }
    expect(seen).toEqual(new Map([[REFUSED, bytes.length * 8 + 48 * 8]]));
    expect(await tried(key.token)).toBe("200");
  }, 60_000);

  const SPELLINGS = bySuite({ short: 500, full: 2_000 });
  it(`S11 rejects ${SPELLINGS} other spellings of a key`, async () => {
    let asked = 0;
    for (const changed of mutationsOf(key.token, SPELLINGS, 11)) {
      expect([changed, parseServiceKey(changed)]).toEqual([changed, null]);
      const sendable = changed.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "").trim();
      if (sendable === key.token) continue;
      const headers = { authorization: `Bearer ${sendable}` };
      const answer = await call(server.url, "tasks.list", { headers });
      expect([changed, verdictOf(answer)]).toEqual([changed, REFUSED]);
      asked += 1;
    }
    expect(asked).toBeGreaterThan(SPELLINGS * 0.95);
    // The last character of the token carries bits that no byte has: its other spellings are no token.
    for (const other of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
      const token = key.token.slice(0, -1) + other;
      expect([token, await tried(token)]).toEqual([token, token === key.token ? "200" : REFUSED]);
    }
    const padded = [`${key.token}=`, `${key.token}==`, `${key.token.slice(0, -1)}%`, `${key.token}.`];
    for (const token of padded) expect([token, await tried(token)]).toEqual([token, REFUSED]);
  }, 60_000);

  it("S12 or a header that is malformed is a 401 and never a 500", async () => {
    const headers = [
      `Basic ${key.token}`,
      key.token,
      `bearer${key.token}`,
      `Bearer ${key.token} ${key.token}`,
      `Bearer ${key.token},`,
      `Bearer "${key.token}"`,
      "Bearer pjk_",
      `Bearer pjk_${"A".repeat(70)}`,
      `Bearer pjk_${"_".repeat(70)}`,
      `Bearer pjk_${"A".repeat(508)}`,
      `Bearer PJK_${key.token.slice(4)}`,
      `Bearer pjk_${key.token}`,
    ];
    for (const authorization of headers) {
      const answer = await call(server.url, "tasks.list", { headers: { authorization } });
      expect([authorization, verdictOf(answer)]).toEqual([authorization, REFUSED]);
    }
    for (const authorization of [`bearer  ${key.token} `, `BEARER ${key.token}`]) {
      expect((await call(server.url, "tasks.list", { headers: { authorization } })).status).toBe(200);
    }
  });
});

const idIn = (bytes: Buffer): string =>
  bytes.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
