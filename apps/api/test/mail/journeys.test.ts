// The use of mailed links. The server of these tests writes its mail to files, as in development.
import { readdir, readFile, stat } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  call,
  eventually,
  mailFor,
  mailsOf,
  password,
  startTestServer,
  type TestServer,
} from "../kit/index.ts";

const appUrl = "https://app.example.com/projo";
const newPassword = "another horse battery staple";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(
    { PROJO_APP_URL: `${appUrl}/`, PROJO_LOG_LEVEL: "debug" },
    { shortPauses: true },
  );
});
afterAll(() => server.close());

/** Creates an account. @returns its address, its access token and the mail to it */
async function newUser(name: string) {
  const email = `${name}@example.com`;
  const { data } = await call(server.url, "auth.signUp", { input: { email, password } });
  return { email, accessToken: String(data.accessToken), mail: await mailFor(server, email) };
}

const announcedTo = (email: string, where = server) =>
  eventually(() => {
    const found = where.announced.filter((line) => line.includes(email));
    return found.length > 0 && found;
  });

const reset = (token: string, to = newPassword) =>
  call(server.url, "password.reset", { input: { token, newPassword: to } });
const verify = (token: string) => call(server.url, "email.verify", { input: { token } });
const signIn = (email: string, by: string) =>
  call(server.url, "auth.signIn", { input: { email, password: by } });

/** Requests a password reset. @returns the mail */
async function resetMail(email: string, count = 2) {
  await call(server.url, "password.requestReset", { input: { email } });
  return mailFor(server, email, count);
}

describe("A server that writes its mail to files", () => {
  it("verifies a new user's address by the mailed token", async () => {
    const { email, accessToken, mail } = await newUser("ada");
    expect(mail.headers.get("subject")).toBe("Verify your email address");
    expect((await verify(mail.token)).status).toBe(200);
    const { data } = await call(server.url, "auth.me", { token: accessToken });
    expect(data.user).toMatchObject({ email, emailVerifiedAt: expect.any(String) });
  });

  it("sets a new password, ends every session and verifies the address by the reset token", async () => {
    const { email, accessToken } = await newUser("grace");
    const mail = await resetMail(email);
    expect(mail.headers.get("subject")).toBe("Set a new password");
    expect((await reset(mail.token)).status).toBe(200);
    expect((await call(server.url, "auth.me", { token: accessToken })).status).toBe(401);
    expect((await signIn(email, password)).status).toBe(401);
    const { status, data } = await signIn(email, newPassword);
    expect(status).toBe(200);
    expect(data.user.emailVerifiedAt).not.toBeNull();
  });

  it("writes files that only its own operating system user can read", async () => {
    await newUser("hedy");
    const directory = join(server.dataDir, "mail");
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const names = await readdir(directory);
    expect(names.every((name) => name.endsWith(".eml"))).toBe(true);
    const modes = await Promise.all(
      names.map(async (name) => (await stat(join(directory, name))).mode & 0o777),
    );
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  it("writes the token and the link so that they can be copied from the file", async () => {
    const { email } = await newUser("maryam");
    const { token, link } = await mailFor(server, email);
    const directory = join(server.dataDir, "mail");
    const files = await Promise.all(
      (await readdir(directory)).map((name) => readFile(join(directory, name), "utf8")),
    );
    const mail = files.find((text) => text.includes(`To: ${email}\r\n`)) ?? "";
    // As grep finds them: in a line of the raw file.
    expect(/^(pjo_[\w-]+)\r$/m.exec(mail)?.[1]).toBe(token);
    expect(/https?:\/\/\S+#token=(\S+)/.exec(mail)?.[0]).toBe(link);
    expect(mail).not.toMatch(/=\r?$/m);
    const { status } = await call(server.url, "email.verify", { input: { token } });
    expect(status).toBe(200);
  });

  it("A3 prints the name of the file and never the link if its output is not a terminal", async () => {
    const { email } = await newUser("joan");
    const [line = "", ...more] = await announcedTo(email);
    expect(more).toEqual([]);
    const [, path = ""] =
      /^Mail to joan@example\.com: Verify your email address: (\S+\.eml)$/.exec(line) ?? [];
    expect(await readFile(path, "utf8")).toContain(email);
    expect(server.announced.join("\n")).not.toMatch(/#token=|pjo_/);
  });

  it("prints the link in one line at a local terminal", async () => {
    const local = await startTestServer({}, { isTerminal: true, shortPauses: true });
    const email = "joan.at.home@example.com";
    await call(local.url, "auth.signUp", { input: { email, password } });
    const { link } = await mailFor(local, email);
    expect(await announcedTo(email, local)).toEqual([`Mail to ${email}: Verify your email address: ${link}`]);
    await local.close();
  });

  it("A3 prints no link at a terminal if other machines can reach the server", async () => {
    const settings = { HOST: "0.0.0.0", PROJO_MAIL: "files", PROJO_TOKEN_KEYS: "auto" };
    const open = await startTestServer(settings, { isTerminal: true, shortPauses: true });
    const email = "joan.abroad@example.com";
    await call(open.url, "auth.signUp", { input: { email, password } });
    await announcedTo(email, open);
    expect(open.announced.join("\n")).not.toMatch(/#token=|pjo_/);
    await open.close();
  });

  it("V9 links to the configured host and never to a host from request headers", async () => {
    const email = "mallory@example.com";
    await forged("auth.signUp", { email, password });
    await mailFor(server, email);
    await forged("password.requestReset", { email });
    await mailFor(server, email, 2);
    const mails = (await mailsOf(server)).filter(({ headers: of }) => of.get("to") === email);
    const links = mails.map(({ link }) => link.replace(/#token=pjo_[\w-]+$/, "#"));
    expect(links).toEqual([`${appUrl}/verify-email#`, `${appUrl}/reset-password#`]);
    for (const { text, html, link } of mails) {
      expect(html).toContain(`href="${link}"`);
      expect(text + html).not.toContain("evil");
      expect(text + html).not.toContain(server.url);
    }
  });

  it("names the command for the terminal and the expiry of the token in the text and the HTML", async () => {
    const { mail } = await newUser("mary");
    for (const body of [mail.text, mail.html]) {
      expect(body).toContain("projo email verify");
      expect(body).toContain(mail.token);
      expect(body).toMatch(/until \d{1,2} \w+ \d{4}, \d\d:\d\d UTC/);
    }
  });
});

/** Sends a call with headers that claim another host. `fetch` cannot forge all of them. */
async function forged(operation: string, input: unknown): Promise<void> {
  const headers = {
    host: "evil.example",
    "x-forwarded-host": "evil.example",
    forwarded: "host=evil.example",
    origin: "https://evil.example",
    referer: "https://evil.example/",
    "content-type": "application/json",
  };
  const status = await new Promise((resolve, reject) => {
    const sent = request(`${server.url}/trpc/${operation}`, { method: "POST", headers }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    });
    sent.once("error", reject).end(JSON.stringify(input));
  });
  expect(status).toBe(200);
}

describe("A mailed token", () => {
  it("A8 works for exactly one of 20 concurrent calls", async () => {
    const { email } = await newUser("once");
    const { token } = await resetMail(email);
    const passwords = Array.from({ length: 20 }, (_, index) => `${newPassword} ${index}`);
    // Hashing a password takes time, and the server may refuse a call while it is busy. Repeat such a call.
    const answers = await Promise.all(
      passwords.map((to) =>
        eventually(async () => {
          const { status } = await reset(token, to);
          return status !== 503 && status !== 429 && status;
        }, 60),
      ),
    );
    expect(answers.filter((status) => status === 200)).toHaveLength(1);
    const winner = passwords[answers.indexOf(200)] ?? "";
    expect((await signIn(email, winner)).status).toBe(200);
    const { token: verification } = await newUser("once-too").then(({ mail }) => mail);
    const verified = await Promise.all(Array.from({ length: 20 }, () => verify(verification)));
    expect(verified.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("A8 fails after its expiry, by the database's clock", async () => {
    const { mail } = await newUser("late");
    await server.database.owner(
      `UPDATE one_time_tokens SET expires_at = now() - interval '1 second' FROM users
        WHERE users.id = user_id AND users.email = 'late@example.com'`,
    );
    expect(await verify(mail.token)).toMatchObject({ status: 401, error: { reason: "token.invalid" } });
  });

  it("A8 fails for another purpose and still works for its own", async () => {
    const { email, mail: verification } = await newUser("purpose");
    const forReset = await resetMail(email);
    expect(await reset(verification.token)).toMatchObject({
      status: 401,
      error: { reason: "token.invalid" },
    });
    expect(await verify(forReset.token)).toMatchObject({ status: 401, error: { reason: "token.invalid" } });
    expect((await verify(verification.token)).status).toBe(200);
    expect((await reset(forReset.token)).status).toBe(200);
  });

  it("A8 fails after a new mail was requested", async () => {
    const { email, accessToken, mail: first } = await newUser("again");
    await call(server.url, "email.resendVerification", { token: accessToken });
    const second = await mailFor(server, email, 2);
    expect(second.token).not.toBe(first.token);
    expect((await verify(first.token)).status).toBe(401);
    expect((await verify(second.token)).status).toBe(200);
  });

  it("A3, A8 appears in no table of the database and in no line of the log", async () => {
    const { email, mail: verification } = await newUser("secret");
    const forReset = await resetMail(email);
    for (const { token } of [verification, forReset]) {
      expect(await cellsWith(token)).toEqual([]);
      expect(server.logLines.filter((line) => line.includes(token))).toEqual([]);
    }
    // A positive control of the search.
    expect(await cellsWith(email)).not.toEqual([]);
    expect(server.logLines.some((line) => line.includes("a mail was sent"))).toBe(true);
  });
});

/** Returns the columns that contain the text, its secret part, or the bytes that it encodes. */
async function cellsWith(text: string): Promise<string[]> {
  const columns = await server.database.owner<{ relation: string; name: string; type: string }>(
    `SELECT a.attrelid::regclass::text AS relation, quote_ident(a.attname) AS name, t.typname AS type
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND t.typname IN ('text', 'varchar', 'bpchar', 'bytea', 'json', 'jsonb', 'inet', '_text')`,
  );
  const code = Buffer.from(text.replace(/^pjo_/, ""), "base64url").subarray(-44, -12);
  const found = await Promise.all(
    columns.map(async ({ relation, name, type }) => {
      const contains =
        type === "bytea" ? `position($1::bytea in ${name}) > 0` : `position($1 in ${name}::text) > 0`;
      const values = type === "bytea" ? [code, Buffer.from(text)] : [text, text.slice(-43)];
      const counts = await Promise.all(
        values.map((value) => server.database.owner(`SELECT FROM ${relation} WHERE ${contains}`, [value])),
      );
      return counts.some((rows) => rows.length > 0) ? [`${relation}.${name}`] : [];
    }),
  );
  return found.flat();
}
