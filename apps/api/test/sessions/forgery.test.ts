import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { operations } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing, type KeyRing } from "../../src/identity/key-ring.ts";
import {
  formatAccessToken,
  formatOneTimeToken,
  formatRefreshToken,
} from "../../src/identity/tokens/tokens.ts";
import { arrive, call, send, signUp, startTestServer, type TestServer } from "../kit/index.ts";
import { anotherSession, me, newHolder, refreshWith, sessionRow, unlimited, type Holder } from "./holder.ts";
import { mutationsOf } from "./mutations.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(unlimited);
});
afterAll(() => server.close());

const refusedEverywhere = async (tokens: { access: string; refresh: string }) => {
  const asAccess = await me(server.url, tokens.access);
  expect([asAccess.status, asAccess.error?.reason]).toEqual([401, "auth.unauthenticated"]);
  const asRefresh = await refreshWith(server.url, tokens.refresh);
  expect([asRefresh.status, asRefresh.error?.reason]).toEqual([401, "auth.unauthenticated"]);
};

/** The tokens that an attacker forges for a session's id with the given keys and salt. */
const forged = (keys: KeyRing, salt: Uint8Array, sessionId: string) => ({
  access: formatAccessToken(keys, salt, { sessionId, generation: 1, expiresAtSeconds: 4_000_000_000 }),
  refresh: formatRefreshToken(keys, salt, { sessionId, generation: 1 }),
});

describe("An attacker with only one of the two secrets of a session token", () => {
  it("S1 cannot forge a token from the whole database without the server's key", async () => {
    const { sessionId, salt } = await newHolder(server);
    const tables = await server.database.owner<{ name: string }>(
      "SELECT quote_ident(relname) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    );
    const dump: unknown[] = [];
    for (const { name } of tables) dump.push(...(await server.database.owner(`SELECT * FROM ${name}`)));
    const cells = dump.flatMap((row) => Object.values(row as Record<string, unknown>));
    const bytes = cells
      .filter((cell) => Buffer.isBuffer(cell) || typeof cell === "string")
      .map((cell) => Buffer.from(cell));
    expect(bytes.some((cell) => cell.equals(salt))).toBe(true);
    // The dump does not contain the server's key: no value of the dump, used as the key, yields a valid token.
    const guesses = [randomBytes(32), Buffer.alloc(32), ...new Set(bytes)].map((cell) =>
      cell.length < 32 ? Buffer.concat([cell, Buffer.alloc(32 - cell.length)]) : cell,
    );
    expect(guesses.length).toBeGreaterThan(10);
    for (const guess of guesses) {
      const keys = parseKeyRing(`1:${guess.toString("base64url")}`);
      await refusedEverywhere(forged(keys, salt, sessionId));
    }
    expect((await me(server.url, forged(server.keys, salt, sessionId).access)).status).toBe(200);
  });

  it("S1 cannot forge a token from the server's key without the session's salt", async () => {
    const { person, sessionId, salt } = await newHolder(server);
    const other = await anotherSession(server, person);
    const guesses = [Buffer.alloc(0), Buffer.alloc(32), randomBytes(32), other.salt, Buffer.from(sessionId)];
    for (const guess of guesses) await refusedEverywhere(forged(server.keys, guess, sessionId));
    // A code made with the salt alone, without the server's key, is not valid either.
    const flat: KeyRing = {
      ...server.keys,
      mac: (_, __, message) => createHmac("sha256", salt).update(message).digest(),
    };
    await refusedEverywhere(forged(flat, salt, sessionId));
    await refusedEverywhere(forged(server.keys, salt, other.sessionId));
    await refusedEverywhere(forged(server.keys, salt, randomUUID()));
    expect((await me(server.url, forged(server.keys, salt, sessionId).access)).status).toBe(200);
  });
});

describe("A forged or malformed token", () => {
  it("S4 never ends a session", async () => {
    const { person, sessionId, salt, refresh } = await newHolder(server);
    const other = await anotherSession(server, person);
    await refreshWith(server.url, refresh(1));
    await refreshWith(server.url, refresh(2));
    const stranger = parseKeyRing(`1:${randomBytes(32).toString("base64url")}`);
    const wrong = [
      "",
      "garbage",
      "pjr_",
      `pjr_${"A".repeat(72)}`,
      refresh(1).slice(0, -1),
      `${refresh(1)}A`,
      ` ${refresh(1)}`,
      refresh(1).replace("pjr_", "pja_"),
      refresh(1).toUpperCase(),
      // These tokens name the session and a generation that would end it, but their code was made with another key or salt.
      formatRefreshToken(stranger, salt, { sessionId, generation: 1 }),
      formatRefreshToken(server.keys, other.salt, { sessionId, generation: 1 }),
      formatRefreshToken(server.keys, salt, { sessionId: other.sessionId, generation: 1 }),
    ];
    for (const refreshToken of wrong) {
      const refreshed = await refreshWith(server.url, refreshToken);
      expect([refreshToken, refreshed.status, refreshed.error?.reason]).toEqual([
        refreshToken,
        401,
        "auth.unauthenticated",
      ]);
      const out = await call(server.url, "auth.signOut", { input: { refreshToken } });
      expect([refreshToken, out.status]).toEqual([refreshToken, 200]);
    }
    expect((await sessionRow(server, sessionId))?.generation).toBe(3);
    expect((await sessionRow(server, other.sessionId))?.generation).toBe(1);
    expect((await refreshWith(server.url, refresh(3))).status).toBe(200);
  });

  it("S11 gets 401 when it differs from a valid token in a single bit", async () => {
    const { refresh, access, sessionId } = await newHolder(server);
    for (const [kind, token] of [
      ["refresh", refresh(1)],
      ["access", await access(1)],
    ] as const) {
      const bytes = Buffer.from(token.slice(4), "base64url");
      const statuses = new Map<string, number>();
      const tryBit = async (bit: number) => {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const changed = token.slice(0, 4) + flipped.toString("base64url");
        const { status, error } = await (kind === "refresh" ? refreshWith : me)(server.url, changed);
        const seen = `${status} ${error?.reason}`;
        statuses.set(seen, (statuses.get(seen) ?? 0) + 1);
      };
      for (let byte = 0; byte < bytes.length; byte += 1)
        await Promise.all(Array.from({ length: 8 }, (_, bit) => tryBit(byte * 8 + bit)));
      expect(statuses).toEqual(new Map([["401 auth.unauthenticated", bytes.length * 8]]));
    }
    expect((await sessionRow(server, sessionId))?.generation).toBe(1);
  });

  it("S12 gets 401 and never causes a 500, also in a malformed authorization header", async () => {
    const { access } = await newHolder(server);
    const token = await access(1);
    const headers = [
      "",
      " ",
      "Bearer",
      "Bearer ",
      `bearer${token}`,
      `Basic ${token}`,
      token,
      `Bearer ${token} ${token}`,
      `Bearer ${token},${token}`,
      `Bearer "${token}"`,
      `Bearer ${token}\u00e9`,
      `Bearer ${token}%00`,
      `Bearer pja_${"A".repeat(100)}`,
      `Bearer ${"A".repeat(513)}`,
      `Bearer ${"A".repeat(7_000)}`,
      "Bearer null",
      "Bearer undefined",
      "Bearer [object Object]",
      "Bearer ../../etc/passwd",
      "Bearer ' OR 1=1 --",
    ];
    for (const authorization of headers) {
      const answer = await call(server.url, "auth.me", { headers: { authorization } });
      expect([authorization, answer.status, answer.error?.reason]).toEqual([
        authorization,
        401,
        "auth.unauthenticated",
      ]);
    }
    for (const authorization of [`Bearer ${token}`, `bearer  ${token} `, `BEARER ${token}`]) {
      expect((await call(server.url, "auth.me", { headers: { authorization } })).status).toBe(200);
    }
    const twice = await send(`${server.url}/trpc/auth.me`, {
      headers: [
        ["authorization", `Bearer ${token}`],
        ["authorization", "Bearer other"],
      ],
    });
    expect(twice.status).toBe(401);
  });
});

/** The same bytes with the prefix of each kind of token. */
const withEveryPrefix = (token: string) =>
  ["pja_", "pjr_", "pjo_", "pji_", "pjk_"].map((prefix) => prefix + token.slice(4));

describe("The server", () => {
  let holder: Holder;
  let oneTime: Record<"email.verify" | "password.reset", string>;
  beforeAll(async () => {
    holder = await newHolder(server);
    oneTime = {
      "email.verify": await oneTimeToken("email.verify"),
      "password.reset": await oneTimeToken("password.reset"),
    };
  });

  const oneTimeToken = async (purpose: "email.verify" | "password.reset") => {
    const id = randomUUID();
    await server.database.owner(
      `INSERT INTO one_time_tokens (id, user_id, purpose, salt, expires_at)
       VALUES ($1, $2, $3, $4, now() + interval '1 hour')`,
      [id, holder.person.id, purpose, holder.salt],
    );
    // The token uses the session's own salt, so that the tokens differ only in their kind.
    return formatOneTimeToken(server.keys, holder.salt, { id, purpose });
  };

  it("S5 accepts no other kind of token as an access token, in any operation that needs one", async () => {
    const others = [holder.refresh(1), ...Object.values(oneTime)].flatMap((token) => [
      token,
      ...withEveryPrefix(token),
    ]);
    const guarded = operations.filter(({ operation }) => operation.access !== "public");
    expect(guarded.length).toBeGreaterThan(10);
    for (const { name } of guarded) {
      for (const token of others) {
        const { status, error } = await call(server.url, name, { token });
        expect([name, token, status, error?.reason]).toEqual([name, token, 401, "auth.unauthenticated"]);
      }
    }
  });

  it("S5 accepts no other kind of token as a refresh token", async () => {
    const others = [await holder.access(1), ...Object.values(oneTime)].flatMap((token) => [
      token,
      ...withEveryPrefix(token),
    ]);
    for (const token of others) {
      const { status, error } = await refreshWith(server.url, token);
      expect([token, status, error?.reason]).toEqual([token, 401, "auth.unauthenticated"]);
    }
  });

  it("S5 accepts no other kind of token as a mailed token, and a mailed token only for its purpose", async () => {
    const newPassword = "seven quiet lanterns on a pier";
    const others = [holder.refresh(1), await holder.access(1)].flatMap((token) => [
      token,
      ...withEveryPrefix(token),
    ]);
    for (const token of [...others, oneTime["password.reset"]]) {
      const { status, error } = await call(server.url, "email.verify", { input: { token } });
      expect([token, status, error?.reason]).toEqual([token, 401, "token.invalid"]);
    }
    for (const token of [...others, oneTime["email.verify"]]) {
      const { status, error } = await call(server.url, "password.reset", { input: { token, newPassword } });
      expect([token, status, error?.reason]).toEqual([token, 401, "token.invalid"]);
    }
    expect(
      (await call(server.url, "email.verify", { input: { token: oneTime["email.verify"] } })).status,
    ).toBe(200);
  });

  it("S5 issues access tokens with their own prefix and accepts them", async () => {
    const ada = await signUp(server, "kinds");
    expect(ada.token).toMatch(/^pja_[\w-]{96}$/);
    const bo = await arrive(server, "kinds-bo");
    expect((await me(server.url, bo.token)).status).toBe(200);
  });
});

describe("A randomly changed token", () => {
  /** tokens.test.ts tries thousands of changes without a server. This test sends some of them over HTTP. */
  it("gets 401 over HTTP", async () => {
    const { refresh, access, sessionId } = await newHolder(server);
    const tokens = [refresh(1), await access(1)];
    let tried = 0;
    for (const token of tokens) {
      for (const changed of mutationsOf(token, 300, 7)) {
        const { status } = await refreshWith(server.url, changed);
        expect([changed, status]).toEqual([changed, 401]);
        const sendable = changed.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "").trim();
        const authorization = `Bearer ${sendable === token ? "" : sendable}`;
        const answer = await call(server.url, "auth.me", { headers: { authorization } });
        expect([changed, answer.status]).toEqual([changed, 401]);
        tried += 1;
      }
    }
    expect(tried).toBe(600);
    expect((await sessionRow(server, sessionId))?.generation).toBe(1);
  });
});
