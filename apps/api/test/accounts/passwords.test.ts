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

const TODAYS = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

describe("a stored password", () => {
  it("A2 is stored with today's parameters from the next sign-in on, and is the same password", async () => {
    const ada = await signUp(server, "upgraded");
    expect(await storedFor(ada.id)).toMatch(TODAYS);
    const weaker = await hash(password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await store(ada.id, weaker);
    expect((await signInWith(ada.email, "another password here")).status).toBe(401);
    expect(await storedFor(ada.id)).toBe(weaker);
    expect((await signInWith(ada.email)).status).toBe(200);
    const upgraded = await storedFor(ada.id);
    expect(upgraded).toMatch(TODAYS);
    expect((await signInWith(ada.email)).status).toBe(200);
    expect(await storedFor(ada.id)).toBe(upgraded);
    // The session that was there has not noticed.
    expect((await me(server.url, ada.token)).status).toBe(200);
  });

  it("A2 is upgraded once by ten sign-ins at once, all of which succeed", async () => {
    const ada = await signUp(server, "upgraded-at-once");
    await store(ada.id, await hash(password, { memoryCost: 4_096, timeCost: 1, parallelism: 1 }));
    const answers = await Promise.all(Array.from({ length: 10 }, () => signInWith(ada.email)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(await storedFor(ada.id)).toMatch(TODAYS);
    expect((await signInWith(ada.email)).status).toBe(200);
  });

  it("matches nothing when it cannot be read, looks like a wrong password, and is in the log", async () => {
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

  it("is known by its characters, composed or not, and refused with NUL in it", async () => {
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

describe("a password that is easy to guess", () => {
  it("is refused for a new account, for a change and for a reset, at the field that holds it", async () => {
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

describe("changing a password", () => {
  it("A7 needs the current one: without it nothing changes, and the try is on record", async () => {
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

  it("A7 ends the other sessions and keeps this one; from then on the new one signs in and the old one does not", async () => {
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

  it("A7 is done by one of ten who do it at once: the others no longer know the current one", async () => {
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
    // Who was slower is told that the password is another one by now, or, if their session ended first, to sign in.
    const losers = answers.filter(({ status }) => status !== 200).map(({ error }) => error?.reason);
    for (const reason of losers) expect(["password.incorrect", "auth.unauthenticated"]).toContain(reason);
    const works = await Promise.all(tokens.map((_, at) => signInWith(ada.email, `${newPassword} ${at}`)));
    expect(works.flatMap(({ status }, at) => (status === 200 ? [at] : []))).toEqual(winners);
    const alive = await Promise.all(tokens.map((token) => me(server.url, token)));
    expect(alive.flatMap(({ status }, at) => (status === 200 ? [at] : []))).toEqual(winners);
  });
});

describe("a flood of sign-ins", () => {
  it("A5 is answered in bounded time: those who fit in the queue, and for the rest when to try again", async () => {
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

  it("A5 leaves health and whoever is signed in alone", async () => {
    const ada = await signUp(server, "not-flooded");
    const flood = { over: false };
    const flooders = Array.from({ length: 33 }, async () => {
      while (!flood.over) await signInWith(ada.email, "another password here");
    });
    const took: number[] = [];
    for (let tries = 0; tries < 40; tries += 1) {
      const began = performance.now();
      const answers = [await send(`${server.url}/livez`), await me(server.url, ada.token)];
      took.push(performance.now() - began);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    }
    flood.over = true;
    await Promise.all(flooders);
    // A coarse bound, for machines that do other things too: scripts/measure-argon2-gate.ts measures.
    took.sort((a, b) => a - b);
    expect(took[38]).toBeLessThan(1_000);
  });
});
