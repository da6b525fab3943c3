import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { operations } from "@projostack/contract";
import { bySuite } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatServiceKey, protectSecret, parseServiceKey } from "../../src/identity/tokens/service-keys.ts";
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

describe("An attacker with only one of the two secrets of a service key", () => {
  it("S1 cannot forge a token from the whole database without the server's key", async () => {
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
    const kept = protectSecret(server.keys, key.id, secret).mac;
    expect(bytes.some((cell) => cell.equals(kept))).toBe(true);
    // The dump contains neither the secret nor the token, not even inside another text.
    const text = bytes.map((cell) => cell.toString("latin1")).join("\n");
    for (const form of [secret.toString("latin1"), secret.toString("hex"), key.token, key.token.slice(4)]) {
      expect(text).not.toContain(form);
    }
    // No value of the dump works as the secret.
    const guesses = [Buffer.alloc(32), randomBytes(32), ...bytes].map((cell) =>
      Buffer.concat([cell, Buffer.alloc(32)]).subarray(0, 32),
    );
    expect(guesses.length).toBeGreaterThan(10);
    for (const guess of guesses) expect(await tried(formatServiceKey(key.id, guess))).toBe(REFUSED);
    expect(await tried(formatServiceKey(key.id, secret))).toBe("200");
  });

  it("S1 cannot forge a token from the server's key without a row that the server wrote", async () => {
    const secret = randomBytes(32);
    for (const id of [key.id, systemRandomness.newId(), randomUUID(), workspaceId, ada.id]) {
      expect(await tried(formatServiceKey(id, secret))).toBe(REFUSED);
    }
    // The stored code does not work as the secret either, nor does a code that the server's key makes from it.
    const stored = protectSecret(server.keys, key.id, bytesOfToken(key.token).subarray(16, 48)).mac;
    const derived = [stored, server.keys.mac(server.keys.newestKid, Buffer.from(key.id), stored) ?? stored];
    for (const guess of derived) expect(await tried(formatServiceKey(key.id, guess))).toBe(REFUSED);
  });

  it("S1 cannot create a key by writing to the database without the server's key", async () => {
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
    for (const mac of [secret, flat, protectSecret(stranger, key.id, secret).mac]) {
      const id = systemRandomness.newId();
      await write(id, mac);
      expect(await tried(formatServiceKey(id, secret))).toBe(REFUSED);
    }
    // A code that is copied from one key's row to another row does not work: the code is bound to its key.
    const own = bytesOfToken(key.token).subarray(16, 48);
    await server.database.owner("UPDATE service_keys SET secret_mac = $1 WHERE id = $2", [
      protectSecret(server.keys, key.id, own).mac,
      ofAnother,
    ]);
    expect(await tried(formatServiceKey(ofAnother, own))).toBe(REFUSED);
    // A row with a code made by the server's key works. So only the server's key was missing.
    const id = systemRandomness.newId();
    await write(id, protectSecret(server.keys, id, secret).mac);
    expect(await tried(formatServiceKey(id, secret))).toBe("200");
  });
});

describe("The server", () => {
  const kinds = ["pja_", "pjr_", "pjo_", "pji_", "pjk_"];

  it("S5 accepts a service key as no other kind of token, with any prefix", async () => {
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

  it("S5 accepts no other kind of token as a service key, in any operation that needs a token", async () => {
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

  it("S5 refuses a service key for every operation that requires a user", async () => {
    const forPeople = operations.filter(({ operation }) => operation.access === "session");
    expect(forPeople.length).toBeGreaterThan(8);
    for (const { name } of forPeople) {
      expect([name, verdictOf(await key.call(name))]).toEqual([name, "403 auth.person_required"]);
    }
  });
});

describe("A forged or malformed service key", () => {
  it("S11 gets 401 when it differs from a valid key in a single bit, with a right or a wrong checksum", async () => {
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
      // The checksum only detects typing errors. The refusal must not depend on it.
      if (bit < 48 * 8) await count(formatServiceKey(idIn(flipped), flipped.subarray(16, 48)));
    }
    expect(seen).toEqual(new Map([[REFUSED, bytes.length * 8 + 48 * 8]]));
    expect(await tried(key.token)).toBe("200");
  });

  const SPELLINGS = bySuite({ short: 500, full: 2_000 });
  it(`S11 gets 401 in ${SPELLINGS} random variations`, async () => {
    let triedCount = 0;
    for (const changed of mutationsOf(key.token, SPELLINGS, 11)) {
      expect([changed, parseServiceKey(changed)]).toEqual([changed, null]);
      const sendable = changed.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "").trim();
      if (sendable === key.token) continue;
      const headers = { authorization: `Bearer ${sendable}` };
      const answer = await call(server.url, "tasks.list", { headers });
      expect([changed, verdictOf(answer)]).toEqual([changed, REFUSED]);
      triedCount += 1;
    }
    expect(triedCount).toBeGreaterThan(SPELLINGS * 0.95);
    // The last character of the token has unused bits. The server accepts only the spelling in which they are zero.
    for (const other of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
      const token = key.token.slice(0, -1) + other;
      expect([token, await tried(token)]).toEqual([token, token === key.token ? "200" : REFUSED]);
    }
    const padded = [`${key.token}=`, `${key.token}==`, `${key.token.slice(0, -1)}%`, `${key.token}.`];
    for (const token of padded) expect([token, await tried(token)]).toEqual([token, REFUSED]);
  });

  it("S12 gets 401 and never causes a 500, also in a malformed authorization header", async () => {
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
