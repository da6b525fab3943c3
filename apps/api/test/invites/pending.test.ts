// Pending invites: how long they are valid, and how many a workspace can have.
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

/** Makes an invite older by `hours`. */
const ageInvite = (id: string, hours: number) =>
  server.database.owner(
    "UPDATE invites SET expires_at = expires_at - make_interval(hours => $2), created_at = created_at - make_interval(hours => $2) WHERE id = $1",
    [id, hours],
  );

/** Inserts `count` pending invites into a workspace. */
const plant = (count: number, workspaceId = engines) =>
  server.database.owner(
    `INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
     SELECT gen_random_uuid(), $1::uuid, 'planted' || n || '@example.com', 'member', sha256(($1::text || n)::bytea),
            sha256((n || $1::text)::bytea), $2, now() + interval '1 hour' FROM generate_series(1, $3) AS n`,
    [workspaceId, ada.id, count],
  );

describe("An invite", () => {
  it("expires after 72 hours, by the database's clock", async () => {
    const { id, token, mailed } = await invite(server, ada, { workspaceId: engines, email: "a@example.com" });
    const [row] = await server.database.owner(
      "SELECT extract(epoch FROM expires_at - created_at)::integer AS seconds FROM invites WHERE id = $1",
      [id],
    );
    expect(row).toEqual({ seconds: 72 * 60 * 60 });
    await ageInvite(id, 71);
    for (const one of [token, mailed]) expect((await preview(one)).status).toBe(200);
    await ageInvite(id, 1);
    for (const one of [token, mailed]) expect((await preview(one)).error?.reason).toBe("invite.invalid");
    expect(await statusOf(ada, engines, id)).toBe("expired");
  });

  it("can be replaced by a new one after its expiry, and then cannot be revoked", async () => {
    const first = await invite(server, ada, { workspaceId: engines, email: "b@example.com" });
    await ageInvite(first.id, 73);
    const gone = await ada.call("invites.revoke", { id: first.id }, engines);
    expect(gone.error?.reason).toBe("invite.not_found");
    const second = await invite(server, ada, { workspaceId: engines, email: "b@example.com" });
    expect(second.id).not.toBe(first.id);
    expect((await preview(first.token)).error?.reason).toBe("invite.invalid");
    expect((await preview(second.token)).status).toBe(200);
    // The replaced invite cannot be resent.
    const resent = await ada.call("invites.resend", { id: first.id }, engines);
    expect(resent.error?.reason).toBe("invite.not_found");
  });

  it("becomes valid for another 72 hours when it is resent after its expiry", async () => {
    const person = await guest(server, "late");
    const { id, token } = await invite(server, ada, { workspaceId: engines, email: person.email });
    await ageInvite(id, 500);
    const resent = await ada.call("invites.resend", { id }, engines);
    expect(resent).toMatchObject({ status: 200, data: { id, status: "pending" } });
    const hours = (Date.parse(String(resent.data.expiresAt)) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(71.9);
    expect(hours).toBeLessThan(72.1);
    expect((await preview(token)).status).toBe(404);
    expect((await person.call("invites.accept", { token: resent.data.token })).status).toBe(200);
  });

  it("cannot be resent or revoked again after its revocation", async () => {
    const { id } = await invite(server, ada, { workspaceId: engines, email: "c@example.com" });
    const revoked = await ada.call("invites.revoke", { id }, engines);
    expect(revoked).toMatchObject({ status: 200, data: { id, status: "revoked" } });
    for (const operation of ["invites.resend", "invites.revoke"]) {
      const answer = await ada.call(operation, { id }, engines);
      expect(answer).toMatchObject({ status: 404, error: { reason: "invite.not_found" } });
    }
  });
});

describe("The creation of an invite", () => {
  it("succeeds once among 20 concurrent invites to one address, and sends one mail", async () => {
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

  it("succeeds once among 20 concurrent invites to an address with an expired invite", async () => {
    const { data } = await create("room@example.com");
    await ageInvite(String(data.id), 73);
    const answers = await Promise.all(TWENTY.map(() => create("room@example.com")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("succeeds for one address in several workspaces", async () => {
    expect((await create("both@example.com")).status).toBe(200);
    const looms = await foundWorkspace(ada, "Looms");
    expect((await ada.call("invites.create", { email: "both@example.com" }, looms)).status).toBe(200);
  });

  it("fails for the caller's own address and for a member", async () => {
    const self = await create("ADA@example.com");
    expect(self).toMatchObject({ status: 409, error: { reason: "invite.already_member" } });
    const bob = await guest(server, `bob-${engines}`);
    const { token } = await invite(server, ada, { workspaceId: engines, email: bob.email });
    await bob.call("invites.accept", { token });
    expect((await create(bob.email)).error?.reason).toBe("invite.already_member");
  });

  it("allows no resend after the user has joined in another way", async () => {
    const bob = await guest(server, `bob2-${engines}`);
    const { id } = await invite(server, ada, { workspaceId: engines, email: bob.email });
    await server.database.owner(
      "INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES (gen_random_uuid(), $1, $2, 'viewer')",
      [engines, bob.id],
    );
    const answer = await ada.call("invites.resend", { id }, engines);
    expect(answer).toMatchObject({ status: 409, error: { reason: "invite.already_member" } });
  });

  it("fails with an unknown role or an unknown field", async () => {
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

  it("fails after 1,000 pending invites in a workspace, also in concurrent calls", async () => {
    await plant(990);
    const answers = await Promise.all(TWENTY.map((n) => create(`more${n}@example.com`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ error }) => error?.reason)).toEqual(refused.map(() => "invite.too_many"));
    // A revoked invite no longer counts.
    const sent = answers.find(({ status }) => status === 200);
    await ada.call("invites.revoke", { id: sent?.data.id }, engines);
    expect((await create("room-again@example.com")).status).toBe(200);
    // The invites of one workspace do not count in another.
    const looms = await foundWorkspace(ada, "Looms");
    expect((await ada.call("invites.create", { email: "e@example.com" }, looms)).status).toBe(200);
  });
});
