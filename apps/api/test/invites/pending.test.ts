// What waits for an answer: for how long, and how many.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { call, foundWorkspace, startTestServer, type Person, type TestServer } from "../kit/index.ts";
import { guest, invite, statusOf, TWENTY } from "./guests.ts";

let server: TestServer;
let ada: Person;
let engines: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await guest(server, "ada");
});
beforeEach(async () => {
  engines = await foundWorkspace(ada);
});
afterAll(() => server.close());

const create = (email: string, role?: string) => ada.call("invites.create", { email, role }, engines);
const preview = (token: string) => call(server.url, "invites.preview", { input: { token } });

/** Lets an invite have been made so many hours earlier, by the database's clock. */
const earlier = (id: string, hours: number) =>
  server.database.owner(
    "UPDATE invites SET expires_at = expires_at - make_interval(hours => $2), created_at = created_at - make_interval(hours => $2) WHERE id = $1",
    [id, hours],
  );

/** Invites that were made long ago, as it were, and wait. */
const plant = (count: number, workspaceId = engines) =>
  server.database.owner(
    `INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
     SELECT gen_random_uuid(), $1::uuid, 'planted' || n || '@example.com', 'member', sha256(($1::text || n)::bytea),
            sha256((n || $1::text)::bytea), $2, now() + interval '1 hour' FROM generate_series(1, $3) AS n`,
    [workspaceId, ada.id, count],
  );

describe("how long an invite waits", () => {
  it("is 72 hours, by the database's clock", async () => {
    const { id, token, mailed } = await invite(server, ada, { workspaceId: engines, email: "a@example.com" });
    const [row] = await server.database.owner(
      "SELECT extract(epoch FROM expires_at - created_at)::integer AS seconds FROM invites WHERE id = $1",
      [id],
    );
    expect(row).toEqual({ seconds: 72 * 60 * 60 });
    await earlier(id, 71);
    for (const one of [token, mailed]) expect((await preview(one)).status).toBe(200);
    await earlier(id, 1);
    for (const one of [token, mailed]) expect((await preview(one)).error?.reason).toBe("invite.invalid");
    expect(await statusOf(ada, engines, id)).toBe("expired");
  });

  it("one that expired makes room for a new one, and cannot be revoked", async () => {
    const first = await invite(server, ada, { workspaceId: engines, email: "b@example.com" });
    await earlier(first.id, 73);
    const gone = await ada.call("invites.revoke", { id: first.id }, engines);
    expect(gone.error?.reason).toBe("invite.not_found");
    const second = await invite(server, ada, { workspaceId: engines, email: "b@example.com" });
    expect(second.id).not.toBe(first.id);
    expect((await preview(first.token)).error?.reason).toBe("invite.invalid");
    expect((await preview(second.token)).status).toBe(200);
    // What made room does not come back.
    const resent = await ada.call("invites.resend", { id: first.id }, engines);
    expect(resent.error?.reason).toBe("invite.not_found");
  });

  it("one that expired is revived for another 72 hours when it is sent again", async () => {
    const person = await guest(server, "late");
    const { id, token } = await invite(server, ada, { workspaceId: engines, email: person.email });
    await earlier(id, 500);
    const resent = await ada.call("invites.resend", { id }, engines);
    expect(resent).toMatchObject({ status: 200, data: { id, status: "pending" } });
    const hours = (Date.parse(String(resent.data.expiresAt)) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(71.9);
    expect(hours).toBeLessThan(72.1);
    expect((await preview(token)).status).toBe(404);
    expect((await person.call("invites.accept", { token: resent.data.token })).status).toBe(200);
  });

  it("one that was revoked is neither sent again nor revoked again", async () => {
    const { id } = await invite(server, ada, { workspaceId: engines, email: "c@example.com" });
    const revoked = await ada.call("invites.revoke", { id }, engines);
    expect(revoked).toMatchObject({ status: 200, data: { id, status: "revoked" } });
    for (const operation of ["invites.resend", "invites.revoke"]) {
      const answer = await ada.call(operation, { id }, engines);
      expect(answer).toMatchObject({ status: 404, error: { reason: "invite.not_found" } });
    }
  });
});

describe("whom one invites", () => {
  it("an address waits once, among 20 who invite it at the same time, and has one mail", async () => {
    const answers = await Promise.all(TWENTY.map(() => create("once@example.com")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 200);
    expect(others.map(({ error }) => error?.reason)).toEqual(others.map(() => "invite.exists"));
    const [row] = await server.database.owner(
      `SELECT (SELECT count(*)::integer FROM invites WHERE workspace_id = $1) AS invites,
              (SELECT count(*)::integer FROM mail_outbox WHERE about_workspace_id = $1) AS mails`,
      [engines],
    );
    expect(row).toEqual({ invites: 1, mails: 1 });
  });

  it("an expired one makes room for one, among 20 who invite the address at the same time", async () => {
    const { data } = await create("room@example.com");
    await earlier(String(data.id), 73);
    const answers = await Promise.all(TWENTY.map(() => create("room@example.com")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("an address may be invited to several workspaces at once", async () => {
    expect((await create("both@example.com")).status).toBe(200);
    const looms = await foundWorkspace(ada, "Looms");
    expect((await ada.call("invites.create", { email: "both@example.com" }, looms)).status).toBe(200);
  });

  it("nobody invites themselves, or a member", async () => {
    const self = await create("ADA@example.com");
    expect(self).toMatchObject({ status: 409, error: { reason: "invite.already_member" } });
    const bob = await guest(server, `bob-${engines}`);
    const { token } = await invite(server, ada, { workspaceId: engines, email: bob.email });
    await bob.call("invites.accept", { token });
    expect((await create(bob.email)).error?.reason).toBe("invite.already_member");
  });

  it("whoever became a member otherwise is not sent their invite again", async () => {
    const bob = await guest(server, `bob2-${engines}`);
    const { id } = await invite(server, ada, { workspaceId: engines, email: bob.email });
    await server.database.owner(
      "INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES (gen_random_uuid(), $1, $2, 'viewer')",
      [engines, bob.id],
    );
    const answer = await ada.call("invites.resend", { id }, engines);
    expect(answer).toMatchObject({ status: 409, error: { reason: "invite.already_member" } });
  });

  it("a role that does not exist is refused, and so is a field that is none", async () => {
    for (const role of ["owner", "", "ADMIN", null, 1, ["admin"]]) {
      const answer = await ada.call("invites.create", { email: "d@example.com", role }, engines);
      expect(answer, String(role)).toMatchObject({ status: 400, error: { reason: "input.invalid" } });
    }
    for (const extra of [
      { workspaceId: engines },
      { userId: ada.id },
      { expiresAt: "2099-01-01T00:00:00Z" },
    ]) {
      const answer = await ada.call("invites.create", { email: "d@example.com", ...extra }, engines);
      expect(answer.status).toBe(400);
    }
  });

  it("a thousand may wait in a workspace, and not one more, however many are sent at once", async () => {
    await plant(990);
    const answers = await Promise.all(TWENTY.map((n) => create(`more${n}@example.com`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ error }) => error?.reason)).toEqual(refused.map(() => "invite.too_many"));
    // Room is made by whatever ends.
    const sent = answers.find(({ status }) => status === 200);
    await ada.call("invites.revoke", { id: sent?.data.id }, engines);
    expect((await create("room-again@example.com")).status).toBe(200);
    // And in another workspace they do not count.
    const looms = await foundWorkspace(ada, "Looms");
    expect((await ada.call("invites.create", { email: "e@example.com" }, looms)).status).toBe(200);
  });
});
