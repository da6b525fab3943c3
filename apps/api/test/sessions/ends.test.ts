import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatOneTimeToken } from "../../src/identity/tokens/tokens.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import {
  call,
  password,
  signIn,
  signUp,
  startTestServer,
  type Answer,
  type TestServer,
} from "../kit/index.ts";
import { raceAtLock } from "../members/lock-waits.ts";
import {
  anotherSession,
  databaseNow,
  ageSession,
  me,
  newHolder,
  refreshWith,
  sessionRow,
  unlimited,
} from "./holder.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(unlimited);
});
afterAll(() => server.close());

const DAY = 24 * 60 * 60;
const newPassword = "seven quiet lanterns on a pier";

const isDead = async (token: string) => (await me(server.url, token)).status === 401;
const isAlive = async (token: string) => (await me(server.url, token)).status === 200;

describe("The lifetime of a session", () => {
  it("S6 never passes the absolute expiry, however often the session is used and refreshed", async () => {
    const { sessionId, refresh, access } = await newHolder(server);
    const end = async () => (await sessionRow(server, sessionId))?.absolute_expires_at.getTime() ?? 0;
    let generation = 1;
    // Refresh once a day for 28 days: each refresh moves the idle expiry and leaves the absolute expiry unchanged.
    for (let day = 1; day <= 28; day += 1) {
      await ageSession(server, sessionId, DAY);
      const answer = await refreshWith(server.url, refresh(generation));
      generation += 1;
      expect(answer.status).toBe(200);
      expect(Date.parse(answer.data.session.expiresAt)).toBeLessThanOrEqual(await end());
      expect(await isAlive(answer.data.accessToken)).toBe(true);
    }
    const days = ((await end()) - (await databaseNow(server))) / 1000 / DAY;
    expect(days).toBeGreaterThan(1.9);
    expect(days).toBeLessThan(2.1);
    // Tokens issued minutes before the absolute expiry do not outlive it.
    await ageSession(server, sessionId, 2 * DAY - 5 * 60);
    const last = await refreshWith(server.url, refresh(generation));
    expect(Date.parse(last.data.accessTokenExpiresAt)).toBeLessThanOrEqual(await end());
    expect(await isAlive(last.data.accessToken)).toBe(true);
    await ageSession(server, sessionId, 6 * 60);
    expect(await isDead(await access(generation + 1))).toBe(true);
    expect((await refreshWith(server.url, refresh(generation + 1))).status).toBe(401);
    expect((await refreshWith(server.url, refresh(generation))).status).toBe(401);
  });

  it("S6 grows with each use in its second half, at most to the absolute expiry", async () => {
    const { sessionId, access } = await newHolder(server);
    const idleDays = async () =>
      (((await sessionRow(server, sessionId))?.expires_at.getTime() ?? 0) - (await databaseNow(server))) /
      1000 /
      DAY;
    await ageSession(server, sessionId, 6 * DAY);
    expect(await isAlive(await access(1))).toBe(true);
    expect(await idleDays()).toBeCloseTo(8, 1);
    await ageSession(server, sessionId, 2 * DAY);
    expect(await isAlive(await access(1))).toBe(true);
    expect(await idleDays()).toBeCloseTo(14, 1);
    await ageSession(server, sessionId, 12 * DAY);
    expect(await isAlive(await access(1))).toBe(true);
    expect(await idleDays()).toBeCloseTo(10, 1);
    await ageSession(server, sessionId, 9 * DAY);
    expect(await isAlive(await access(1))).toBe(true);
    expect(await idleDays()).toBeCloseTo(1, 1);
  });

  it("ends after 14 days without use, although the tokens have not expired", async () => {
    const { sessionId, refresh, access } = await newHolder(server);
    await ageSession(server, sessionId, 14 * DAY + 1);
    expect((await refreshWith(server.url, refresh(1))).status).toBe(401);
    expect(await isDead(await access(1))).toBe(true);
  });

  it("exceeds that of an access token: the server refuses an expired one, and the session continues", async () => {
    const { access, refresh } = await newHolder(server);
    expect(await isDead(await access(1, -1))).toBe(true);
    expect(await isDead(await access(1, 0))).toBe(true);
    expect(await isAlive(await access(1, 30))).toBe(true);
    expect((await refreshWith(server.url, refresh(1))).status).toBe(200);
  });
});

describe("A sign-out", () => {
  it("S7 invalidates every token of the session before it returns, with the access token or with the refresh token", async () => {
    for (const by of ["access", "refresh"] as const) {
      const { sessionId, person, refresh, access } = await newHolder(server);
      const other = await anotherSession(server, person);
      await refreshWith(server.url, refresh(1));
      const tokens = [await access(1), await access(2)];
      const out =
        by === "access"
          ? await call(server.url, "auth.signOut", { token: tokens[1] })
          : await call(server.url, "auth.signOut", { input: { refreshToken: refresh(2) } });
      expect(out.status).toBe(200);
      expect(await sessionRow(server, sessionId)).toBeUndefined();
      for (const token of tokens) expect(await isDead(token)).toBe(true);
      for (const token of [refresh(1), refresh(2), refresh(3)]) {
        expect((await refreshWith(server.url, token)).status).toBe(401);
      }
      expect(await isAlive(await other.access(1))).toBe(true);
    }
  });

  it("S7 invalidates the tokens of concurrent refreshes too", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { refresh } = await newHolder(server);
      const refreshes = Array.from({ length: 10 }, () => refreshWith(server.url, refresh(1)));
      const out = await call(server.url, "auth.signOut", { input: { refreshToken: refresh(1) } });
      expect(out.status).toBe(200);
      for (const { status, data } of await Promise.all(refreshes)) {
        if (status !== 200) continue;
        const after = [
          await me(server.url, data.accessToken),
          await refreshWith(server.url, data.refreshToken),
        ];
        expect(after.map((answer) => answer.status)).toEqual([401, 401]);
      }
    }
  });

  it("S7 succeeds when it is repeated, with an expired token, and without a token", async () => {
    const { sessionId, access } = await newHolder(server);
    const token = await access(1, -60);
    for (let time = 0; time < 2; time += 1) {
      expect((await call(server.url, "auth.signOut", { token })).status).toBe(200);
      expect(await sessionRow(server, sessionId)).toBeUndefined();
    }
    expect((await call(server.url, "auth.signOut")).status).toBe(200);
  });

  it("S8 from all devices ends every session of the user and no session of another user", async () => {
    const first = await newHolder(server);
    const others = await Promise.all([1, 2, 3].map(() => anotherSession(server, first.person)));
    const stranger = await newHolder(server);
    const out = await call(server.url, "auth.signOutEverywhere", { token: await first.access(1) });
    // The four sessions above and the one from the sign-up.
    expect(out.data).toEqual({ ended: 5 });
    for (const { access, refresh } of [first, ...others]) {
      expect(await isDead(await access(1))).toBe(true);
      expect((await refreshWith(server.url, refresh(1))).status).toBe(401);
    }
    expect(await isAlive(await stranger.access(1))).toBe(true);
  });
});

const resetToken = async (userId: string) => {
  const [id, salt] = [systemRandomness.newId(), systemRandomness.bytes(32)];
  await server.database.owner(
    `INSERT INTO one_time_tokens (id, user_id, purpose, salt, expires_at)
     VALUES ($1, $2, 'password.reset', $3, now() + interval '1 hour')`,
    [id, userId, salt],
  );
  return formatOneTimeToken(server.keys, salt, { id, purpose: "password.reset" });
};

/** Runs a sign-in's statement, and a change meanwhile that waits until the sign-in commits. */
const duringSignIn = async (userId: string, change: () => Promise<Answer>) => {
  const sessionId = systemRandomness.newId();
  const lock = `
    WITH person AS (SELECT id FROM users WHERE id = $2 FOR SHARE)
    INSERT INTO sessions (id, user_id, salt, expires_at, absolute_expires_at)
    SELECT $1, person.id, $3, now() + interval '1 day', now() + interval '1 day' FROM person`;
  const values = [sessionId, userId, systemRandomness.bytes(32)];
  return { sessionId, changed: await raceAtLock(server, { lock, values, until: 1 }, change) };
};

const signInAgain = (email: string) => call(server.url, "auth.signIn", { input: { email, password } });

describe("A new password", () => {
  it("S8 ends all sessions except the one that changed the password", async () => {
    const ada = await signUp(server, "change-ends");
    const laptop = await signIn(server, ada.email);
    const phone = await anotherSession(server, ada);
    const answer = await ada.call("password.change", { currentPassword: password, newPassword });
    expect(answer.status).toBe(200);
    expect(await isAlive(ada.token)).toBe(true);
    expect(await isDead(laptop.token)).toBe(true);
    expect(await isDead(await phone.access(1))).toBe(true);
    expect((await refreshWith(server.url, phone.refresh(1))).status).toBe(401);
  });

  it("S8 ends all sessions, including the current one, when a mailed token sets it", async () => {
    const ada = await signUp(server, "reset-ends");
    const phone = await anotherSession(server, ada);
    const token = await resetToken(ada.id);
    expect((await call(server.url, "password.reset", { input: { token, newPassword } })).status).toBe(200);
    expect(await isDead(ada.token)).toBe(true);
    expect(await isDead(await phone.access(1))).toBe(true);
    const again = await call(server.url, "password.reset", { input: { token, newPassword } });
    expect([again.status, again.error?.reason]).toEqual([401, "token.invalid"]);
  });

  it("S8 ends the session of a concurrent sign-in with the old password", async () => {
    const ada = await signUp(server, "half-change");
    const { sessionId, changed } = await duringSignIn(ada.id, () =>
      ada.call("password.change", { currentPassword: password, newPassword }),
    );
    expect(changed.status).toBe(200);
    expect(await sessionRow(server, sessionId)).toBeUndefined();

    const bo = await signUp(server, "half-reset");
    const token = await resetToken(bo.id);
    const reset = await duringSignIn(bo.id, () =>
      call(server.url, "password.reset", { input: { token, newPassword } }),
    );
    expect(reset.changed.status).toBe(200);
    expect(await sessionRow(server, reset.sessionId)).toBeUndefined();
  });

  it("S8 refuses a sign-in with the old password that began before the change", async () => {
    const ada = await signUp(server, "before-change");
    const bo = await signUp(server, "before-change-bo");
    // This statement locks the user's row as a password change does. By then, a concurrent sign-in has verified the old
    // password, and waits for the row.
    const change = {
      lock: "UPDATE users SET password_hash = (SELECT password_hash || '' FROM users WHERE id = $2) WHERE id = $1",
      values: [ada.id, bo.id],
    };
    const answers = await raceAtLock(server, { ...change, until: 2 }, () =>
      Promise.all([signInAgain(ada.email), signInAgain(ada.email)]),
    );
    // Bo's stored hash belongs to the same password. So the second verification succeeds, and the session is created.
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);

    const cut = { lock: "UPDATE users SET password_hash = 'changed' WHERE id = $1", values: [bo.id] };
    const late = await raceAtLock(server, { ...cut, until: 1 }, () => signInAgain(bo.email));
    expect([late.status, late.error?.reason]).toEqual([401, "auth.invalid_credentials"]);
    const sessions = await server.database.owner("SELECT FROM sessions WHERE user_id = $1", [bo.id]);
    expect(sessions).toHaveLength(1);
  });
});

describe("The list of a user's sessions", () => {
  it("S10 shows each device, marks the current session, and contains no secret", async () => {
    const ada = await signUp(server, "lists");
    const phone = await anotherSession(server, ada);
    const elsewhere = await call(server.url, "auth.signIn", {
      input: { email: ada.email, password },
      headers: { "user-agent": "Analytical Engine 1.0 \u00e9" },
    });
    await ageSession(server, (await anotherSession(server, ada)).sessionId, 20 * DAY);
    const list = await ada.call("sessions.list");
    const { items } = list.data as { items: Record<string, unknown>[] };
    expect(items.map(({ id }) => id)).toEqual([elsewhere.data.session.id, phone.sessionId, ada.sessionId]);
    expect(items.filter(({ current }) => current).map(({ id }) => id)).toEqual([ada.sessionId]);
    expect(items[0]).toMatchObject({ userAgent: "Analytical Engine 1.0 ", ip: "127.0.0.1", current: false });
    for (const item of items) {
      expect(Object.keys(item).toSorted()).toEqual([
        "createdAt",
        "current",
        "expiresAt",
        "id",
        "ip",
        "lastUsedAt",
        "mode",
        "userAgent",
      ]);
    }
    const salts = await server.database.owner<{ salt: Buffer }>(
      "SELECT salt FROM sessions WHERE user_id = $1",
      [ada.id],
    );
    const secrets = [ada.token, phone.refresh(1), elsewhere.data.refreshToken, elsewhere.data.accessToken];
    for (const { salt } of salts) {
      secrets.push(
        salt.toString("hex"),
        salt.toString("base64"),
        salt.toString("base64url"),
        JSON.stringify(salt),
      );
    }
    for (const secret of secrets) expect(list.text).not.toContain(secret);
    const fromPhone = await call(server.url, "sessions.list", { token: await phone.access(1) });
    const { items: seen } = fromPhone.data as { items: Record<string, unknown>[] };
    expect(seen.filter(({ current }) => current).map(({ id }) => id)).toEqual([phone.sessionId]);
  });

  it("S10 excludes the sessions of others, and a request to revoke one returns 404", async () => {
    const ada = await newHolder(server);
    const mallory = await newHolder(server);
    const token = await mallory.access(1);
    const foreign = await call(server.url, "sessions.revoke", { token, input: { id: ada.sessionId } });
    const absent = await call(server.url, "sessions.revoke", {
      token,
      input: { id: systemRandomness.newId() },
    });
    expect([foreign.status, foreign.error?.reason]).toEqual([404, "session.not_found"]);
    expect({ ...foreign.error, requestId: "" }).toEqual({ ...absent.error, requestId: "" });
    expect(await isAlive(await ada.access(1))).toBe(true);
  });

  it("S7 lets one session revoke another, after which every token of the revoked session fails", async () => {
    const phone = await newHolder(server);
    const laptop = await anotherSession(server, phone.person);
    const input = { id: phone.sessionId };
    const ended = await call(server.url, "sessions.revoke", { token: await laptop.access(1), input });
    expect(ended.data).toEqual(input);
    expect(await isDead(await phone.access(1))).toBe(true);
    expect((await refreshWith(server.url, phone.refresh(1))).status).toBe(401);
    const again = await call(server.url, "sessions.revoke", { token: await laptop.access(1), input });
    expect(again.error?.reason).toBe("session.not_found");
  });
});
