// R10: protection of mailboxes. These tests check who may cause mail, and how much mail one mailbox gets.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mailboxLimits } from "../../src/limits/limiter/mailbox-limits.ts";
import {
  arrive,
  arriveUnverified,
  call,
  eventually,
  foundWorkspace,
  join,
  mailFor,
  password,
  startServerOver,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";

/** The default rate limits, with 127.0.0.1 as a trusted proxy. */
const env = { PROJO_LIMITS: "1", PROJO_TRUSTED_PROXIES: "127.0.0.1" };
const NOT_VERIFIED = { status: 403, error: { reason: "auth.email_unverified", code: "FORBIDDEN" } };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(env, { shortPauses: true });
});
afterAll(() => server.close());

const invite = (by: Pick<Person, "call">, email: string, workspaceId: string): Promise<Answer> =>
  by.call("invites.create", { email }, workspaceId);

async function mailsTo(email: string): Promise<number> {
  const mails = await server.database.owner("SELECT FROM mail_outbox WHERE recipient LIKE $1", [email]);
  return mails.length;
}

const signUp = (email: string, n: number): Promise<Answer> =>
  call(server.url, "auth.signUp", {
    input: { email, password },
    headers: { "x-forwarded-for": `203.0.113.${n}` },
  });

describe("R10 An inviter's address", () => {
  it("must be verified before the account can send or resend an invite", async () => {
    const eve = await arriveUnverified(server, "eve");
    const workspaceId = await foundWorkspace(eve);
    expect(await invite(eve, "stranger@example.com", workspaceId)).toMatchObject(NOT_VERIFIED);
    const ada = await arrive(server, "ada");
    await join(server, workspaceId, ada, "admin");
    const { data } = await invite(ada, "guest@example.com", workspaceId);
    expect(await eve.call("invites.resend", { id: data.id }, workspaceId)).toMatchObject(NOT_VERIFIED);
    expect(await mailsTo("stranger@example.com")).toBe(0);
    // Operations that send no mail are permitted.
    expect(await eve.call("invites.revoke", { id: data.id }, workspaceId)).toMatchObject({ status: 200 });
    await server.database.owner("UPDATE users SET email_verified_at = now() WHERE id = $1", [eve.id]);
    expect(await invite(eve, "friend@example.com", workspaceId)).toMatchObject({ status: 200 });
  });

  it("must be verified before the account can create a key with the scope invite:manage", async () => {
    const eve = await arriveUnverified(server, "eve-with-keys");
    const workspaceId = await foundWorkspace(eve);
    const keyFor = (scopes: string[]) =>
      eve.call("serviceKeys.create", { name: "Mill", role: "admin", scopes }, workspaceId);
    expect(await keyFor(["task:read", "invite:manage"])).toMatchObject(NOT_VERIFIED);
    expect(await keyFor(["task:read"])).toMatchObject({ status: 200 });
  });

  it("must be verified for the creator of a key that sends invites", async () => {
    const bob = await arrive(server, "bob-with-keys");
    const workspaceId = await foundWorkspace(bob);
    const input = { name: "Mill", role: "admin", scopes: ["invite:manage"] };
    const { data } = await bob.call("serviceKeys.create", input, workspaceId);
    const invited = await call(server.url, "invites.create", {
      input: { email: "keys-guest@example.com" },
      token: data.token,
    });
    expect(invited).toMatchObject({ status: 200 });
  });

  it("need not be verified if the configuration says so", async () => {
    const open = await startServerOver(server.database, {
      ...env,
      PROJO_INVITES_NEED_VERIFIED_EMAIL: "false",
    });
    try {
      const eve = await arriveUnverified(open, "eve-in-private");
      const workspaceId = await foundWorkspace(eve);
      expect(await invite(eve, "private-guest@example.com", workspaceId)).toMatchObject({ status: 200 });
    } finally {
      await open.close();
    }
  });
});

describe("R10 A mailbox", () => {
  it("gets a limited number of invites from all accounts and workspaces together, in all variants of its address", async () => {
    const sent: Answer[] = [];
    for (const name of ["mallory", "oscar"]) {
      const person = await arrive(server, name);
      for (const workspaceId of [await foundWorkspace(person), await foundWorkspace(person)]) {
        for (let n = 0; n < 3; n += 1) {
          const created = await invite(
            person,
            n === 0 ? "victim@example.com" : `victim+${n}@example.com`,
            workspaceId,
          );
          sent.push(created);
          if (created.status !== 200) continue;
          sent.push(await person.call("invites.resend", { id: created.data.id }, workspaceId));
        }
      }
    }
    const refused = sent.filter(({ status }) => status === 429);
    expect(sent.filter(({ status }) => status === 200)).toHaveLength(mailboxLimits.invite.points);
    expect(refused.length).toBeGreaterThan(0);
    for (const { error, headers } of refused) {
      expect(error).toMatchObject({ reason: "limit.exceeded" });
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(80_000);
    }
    // A refused invite is undone: it is neither pending nor in the audit log.
    expect(await mailsTo("victim%@example.com")).toBeLessThanOrEqual(mailboxLimits.invite.points);
    const recorded = await server.database.owner(
      `SELECT FROM audit_logs WHERE action IN ('invite.created', 'invite.resent')
        AND workspace_id IN (SELECT id FROM workspaces WHERE created_by IN (SELECT id FROM users WHERE email ~ '^(mallory|oscar)@'))`,
    );
    expect(recorded).toHaveLength(mailboxLimits.invite.points);
    const ada = await arrive(server, "another-admin");
    expect(await invite(ada, "somebody-else@example.com", await foundWorkspace(ada))).toMatchObject({
      status: 200,
    });
  });

  it("loses no point of its limit through an invite without mail", async () => {
    const ada = await arrive(server, "ada-and-members");
    const workspaceId = await foundWorkspace(ada);
    const grace = await arrive(server, "grace");
    await join(server, workspaceId, grace, "member");
    for (let n = 0; n < 5; n += 1) {
      expect(await invite(ada, grace.email, workspaceId)).toMatchObject({ status: 409 });
    }
    const others: number[] = [];
    for (let n = 0; n < mailboxLimits.invite.points; n += 1) {
      others.push((await invite(ada, grace.email, await foundWorkspace(ada))).status);
    }
    expect(new Set(others)).toEqual(new Set([200]));
  });

  it("gets a limited number of verification mails for unverified variants of its address", async () => {
    const statuses: number[] = [];
    for (let n = 0; n < mailboxLimits.unverified.points + 5; n += 1) {
      statuses.push((await signUp(`target+${n}@example.com`, n)).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(mailboxLimits.unverified.points);
    expect(statuses.at(-1)).toBe(429);
    expect((await signUp("other-target@example.com", 99)).status).toBe(200);
  });

  it("gets a limited number of reset mails, of which the last link works, and the response does not reveal the limit", async () => {
    const grace = await arrive(server, "grace-forgot");
    const requestReset = (email: string, n: number) =>
      call(server.url, "password.requestReset", {
        input: { email },
        headers: { "x-forwarded-for": `198.51.100.${n}` },
      });
    const answers: Answer[] = [];
    for (let n = 0; n < 10; n += 1) answers.push(await requestReset(grace.email, n));
    for (let n = 0; n < 10; n += 1) answers.push(await requestReset("nobody-forgot@example.com", 100 + n));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const mailed = await server.database.owner(
      "SELECT FROM account_events WHERE user_id = $1 AND action = 'password.reset_requested' AND outcome = 'ok'",
      [grace.id],
    );
    expect(mailed).toHaveLength(mailboxLimits.reset.points);
    // Each reset mail replaces the previous one, so the link of the last mail works.
    await eventually(async () => {
      const [mail] = await server.database.owner("SELECT status FROM mail_outbox WHERE recipient = $1", [
        grace.email,
      ]);
      return mail?.["status"] === "sent";
    });
    const { token } = await mailFor(server, grace.email);
    const newPassword = "another horse of another colour";
    const reset = await call(server.url, "password.reset", { input: { token, newPassword } });
    expect(reset).toMatchObject({ status: 200 });
    expect(await mailsTo("nobody-forgot@example.com")).toBe(0);
  });
});
