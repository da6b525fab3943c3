import { hash } from "@node-rs/argon2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, password, send, signIn, signUp, startTestServer, type TestServer } from "../kit/index.ts";
import { anotherSession, me, unlimited } from "../sessions/holder.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ ...unlimited, PROJO_ARGON2_PARALLEL: "1" });
});
afterAll(() => server.close());

const newPassword = "seven quiet lanterns on a pier";
const signInWith = (email: string, given = password, url = server.url) =>
  call(url, "auth.signIn", { input: { email, password: given } });

const storedFor = async (userId: string): Promise<string> => {
  const [row] = await server.database.owner<{ password_hash: string }>(
    "SELECT password_hash FROM users WHERE id = $1",
    [userId],
  );
  return row?.password_hash ?? "";
};

const store = (userId: string, stored: string) =>
  server.database.owner("UPDATE users SET password_hash = $2 WHERE id = $1", [userId, stored]);

const CURRENT_PARAMETERS = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

describe("A stored password", () => {
  it("A2 gets the current hash parameters at the next sign-in and remains the same password", async () => {
    const ada = await signUp(server, "upgraded");
    expect(await storedFor(ada.id)).toMatch(CURRENT_PARAMETERS);
    const weaker = await hash(password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await store(ada.id, weaker);
    expect((await signInWith(ada.email, "another password here")).status).toBe(401);
    expect(await storedFor(ada.id)).toBe(weaker);
    expect((await signInWith(ada.email)).status).toBe(200);
    const upgraded = await storedFor(ada.id);
    expect(upgraded).toMatch(CURRENT_PARAMETERS);
    expect((await signInWith(ada.email)).status).toBe(200);
    expect(await storedFor(ada.id)).toBe(upgraded);
    // The existing session continues.
    expect((await me(server.url, ada.token)).status).toBe(200);
  });

  it("A2 gets upgraded once by ten concurrent sign-ins, all of which succeed", async () => {
    const ada = await signUp(server, "upgraded-at-once");
    await store(ada.id, await hash(password, { memoryCost: 4_096, timeCost: 1, parallelism: 1 }));
    const answers = await Promise.all(Array.from({ length: 10 }, () => signInWith(ada.email)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(await storedFor(ada.id)).toMatch(CURRENT_PARAMETERS);
    expect((await signInWith(ada.email)).status).toBe(200);
  });

  it("matches no password if its hash is unreadable, which the log reports", async () => {
    const ada = await signUp(server, "unreadable");
    await store(ada.id, "not a hash");
    const before = server.logLines.length;
    const answer = await signInWith(ada.email);
    expect([answer.status, answer.error?.reason]).toEqual([401, "auth.invalid_credentials"]);
    const lines = server.logLines.slice(before).join("");
    expect(lines).toContain("cannot be read");
    expect(lines).not.toContain("not a hash");
    expect(lines).not.toContain(password);
  });

  it("compares equal in composed and decomposed form, and cannot contain NUL", async () => {
    const composed = "\u00e9l\u00e8ves sages de l\u2019\u00e9cole";
    const email = "unicode@example.com";
    const up = await call(server.url, "auth.signUp", { input: { email, password: composed } });
    expect(up.status).toBe(200);
    expect((await signInWith(email, composed.normalize("NFD"))).status).toBe(200);
    expect((await signInWith(email, composed.replaceAll(" ", "\u00a0"))).status).toBe(200);
    expect((await signInWith(email, ` ${composed}`)).status).toBe(401);
    expect((await signInWith(email, composed.toUpperCase())).status).toBe(401);
    const nul = await signInWith(email, `${composed}\0`);
    expect([nul.status, nul.error?.reason]).toEqual([400, "input.invalid"]);
  });
});

const fields = (field: string) => ({
  [field]: [expect.stringContaining("first that somebody would try")],
});

describe("A password that is easy to guess", () => {
  it("causes an error at its field in a sign-up and in a password change", async () => {
    const easy = "passwordpassword1";
    const up = await call(server.url, "auth.signUp", {
      input: { email: "easy@example.com", password: easy },
    });
    expect([up.status, up.error?.fieldErrors]).toEqual([400, fields("password")]);
    const own = await call(server.url, "auth.signUp", {
      input: { email: "ada.lovelace@example.com", password: "AdaLovelace2026!" },
    });
    expect([own.status, own.error?.fieldErrors]).toEqual([400, fields("password")]);
    const ada = await signUp(server, "easy-change");
    const change = await ada.call("password.change", { currentPassword: password, newPassword: easy });
    expect([change.status, change.error?.fieldErrors]).toEqual([400, fields("newPassword")]);
    const short = await ada.call("password.change", { currentPassword: password, newPassword: "kqxmvzjt" });
    expect(short.error?.fieldErrors).toEqual({ newPassword: ["Must be at least 15 characters."] });
    expect((await signInWith(ada.email)).status).toBe(200);
  });
});

describe("A password change", () => {
  it("A7 requires the current password, and a refused attempt is recorded", async () => {
    const ada = await signUp(server, "needs-current");
    const before = await storedFor(ada.id);
    const wrong = await ada.call("password.change", { currentPassword: newPassword, newPassword });
    expect([wrong.status, wrong.error?.reason]).toEqual([403, "password.incorrect"]);
    expect((await ada.call("password.change", { newPassword })).status).toBe(400);
    expect(await storedFor(ada.id)).toBe(before);
    const events = await server.database.owner(
      "SELECT outcome FROM account_events WHERE user_id = $1 AND action = 'password.changed'",
      [ada.id],
    );
    expect(events).toEqual([{ outcome: "refused" }]);
  });

  it("A7 ends the other sessions, keeps the current one, and makes the old password invalid", async () => {
    const ada = await signUp(server, "changes");
    const laptop = await signIn(server, ada.email);
    const phone = await anotherSession(server, ada);
    const { status } = await ada.call("password.change", { currentPassword: password, newPassword });
    expect(status).toBe(200);
    expect((await me(server.url, ada.token)).status).toBe(200);
    for (const token of [laptop.token, await phone.access(1)])
      expect((await me(server.url, token)).status).toBe(401);
    expect((await signInWith(ada.email)).error?.reason).toBe("auth.invalid_credentials");
    expect((await signInWith(ada.email, newPassword)).status).toBe(200);
  });

  it("A7 succeeds for exactly one of ten concurrent calls", async () => {
    const ada = await signUp(server, "ten-changes");
    const others = await Promise.all(Array.from({ length: 9 }, () => anotherSession(server, ada)));
    const tokens = [ada.token, ...(await Promise.all(others.map(({ access }) => access(1))))];
    const answers = await Promise.all(
      tokens.map((token, at) =>
        call(server.url, "password.change", {
          token,
          input: { currentPassword: password, newPassword: `${newPassword} ${at}` },
        }),
      ),
    );
    const winners = answers.flatMap(({ status }, at) => (status === 200 ? [at] : []));
    expect(winners).toHaveLength(1);
    // The other calls fail because the password has changed or because their session has ended.
    const refusals = answers.filter(({ status }) => status !== 200).map(({ error }) => error?.reason);
    for (const reason of refusals) expect(["password.incorrect", "auth.unauthenticated"]).toContain(reason);
    const signIns = await Promise.all(tokens.map((_, at) => signInWith(ada.email, `${newPassword} ${at}`)));
    expect(signIns.flatMap(({ status }, at) => (status === 200 ? [at] : []))).toEqual(winners);
    const sessionChecks = await Promise.all(tokens.map((token) => me(server.url, token)));
    expect(sessionChecks.flatMap(({ status }, at) => (status === 200 ? [at] : []))).toEqual(winners);
  });
});

describe("A flood of sign-ins", () => {
  it("A5 fills a bounded queue, and the remaining sign-ins get 503 with Retry-After", async () => {
    const ada = await signUp(server, "flooded");
    const answers = await Promise.all(Array.from({ length: 100 }, () => signInWith(ada.email)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toEqual(new Set([200, 503]));
    for (const { status, error, headers } of answers) {
      if (status === 200) continue;
      expect([error?.reason, error?.retryAfter, headers.get("retry-after")]).toEqual(["server.busy", 2, "2"]);
    }
    // One at once and 32 that wait: never all hundred, however fast the machine is.
    expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(20);
    expect((await signInWith(ada.email)).status).toBe(200);
  });

  it("A5 leaves health checks and signed-in users fast", async () => {
    const ada = await signUp(server, "not-flooded");
    const flood = { hasEnded: false };
    const flooders = Array.from({ length: 33 }, async () => {
      while (!flood.hasEnded) await signInWith(ada.email, "another password here");
    });
    const took: number[] = [];
    for (let tries = 0; tries < 40; tries += 1) {
      const began = performance.now();
      const answers = [await send(`${server.url}/livez`), await me(server.url, ada.token)];
      took.push(performance.now() - began);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    }
    flood.hasEnded = true;
    await Promise.all(flooders);
    // A loose bound for busy machines. scripts/measure-argon2-gate.ts takes the real measurements.
    took.sort((a, b) => a - b);
    expect(took[38]).toBeLessThan(1_000);
  });
});
