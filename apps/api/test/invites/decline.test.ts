// Declining an invite: only the invited user can, once, and the workspace sees it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  arriveUnverified,
  bytesOf,
  call,
  foundWorkspace,
  idsOf,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { guest, invite, rolesIn, statusOf, TWENTY } from "./guests.ts";

let server: TestServer;
let ada: Person;
let engines: string;
let people = 0;
beforeAll(async () => {
  server = await startTestServer({}, { shortPauses: true });
  ada = await guest(server, "ada");
});
beforeEach(async () => {
  engines = await foundWorkspace(ada);
});
afterAll(() => server.close());

/** A user with a verified address, and an invite for the user. */
async function invited() {
  people += 1;
  const grace = await guest(server, `grace${people}`);
  return { grace, sent: await invite(server, ada, { workspaceId: engines, email: grace.email }) };
}

const decline = (person: Person, input: object) => person.call("invites.decline", input);
const INVALID = { status: 404, error: { reason: "invite.invalid" } };

const entriesOf = (id: string) =>
  server.database.owner(
    `SELECT action, actor_user_id, outcome, meta_json, personal_json #>> '{email,value}' AS email
       FROM audit_logs WHERE target_id = $1 ORDER BY seq`,
    [id],
  );

describe("The refusal of an invite", () => {
  it.each(["id", "token", "mailed", "id and token"] as const)("works by %s", async (by) => {
    const { grace, sent } = await invited();
    const { id, token, mailed } = sent;
    const input = { id: { id }, token: { token }, mailed: { token: mailed }, "id and token": { id, token } }[
      by
    ];
    const answer = await decline(grace, input);
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ id, workspaceId: engines, declinedAt: expect.any(String) });
    expect(Math.abs(Date.parse(String(answer.data.declinedAt)) - Date.now())).toBeLessThan(60_000);
    expect(await statusOf(ada, engines, id)).toBe("declined");
    expect(idsOf(await grace.call("invites.listMine"))).toEqual([]);
    expect(await rolesIn(server, engines)).toEqual({ [ada.email]: "admin" });
  });

  it("the refusal is recorded in the log of the workspace, once", async () => {
    const { grace, sent } = await invited();
    await decline(grace, { id: sent.id });
    await decline(grace, { id: sent.id });
    expect(await entriesOf(sent.id)).toEqual([
      expect.objectContaining({ action: "invite.created", actor_user_id: ada.id }),
      {
        action: "invite.declined",
        actor_user_id: grace.id,
        outcome: "ok",
        meta_json: { before: { role: "member" } },
        email: grace.email,
      },
    ]);
    const { data } = await ada.call("audit.list", { action: "invite.declined" }, engines);
    expect(data.items).toMatchObject([
      { actor: { userId: grace.id }, target: { type: "invite", id: sent.id } },
    ]);
    expect((await ada.call("audit.verify", {}, engines)).data.intact).toBe(true);
  });

  it("U1 the refusal is undone if its entry cannot be written", async () => {
    const { grace, sent } = await invited();
    await server.database.owner(
      `CREATE FUNCTION no_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no entry'; END $$;
       CREATE TRIGGER no_entry BEFORE INSERT ON audit_logs FOR EACH ROW WHEN (NEW.action = 'invite.declined')
         EXECUTE FUNCTION no_entry()`,
    );
    try {
      expect((await decline(grace, { id: sent.id })).status).toBe(500);
    } finally {
      await server.database.owner("DROP TRIGGER no_entry ON audit_logs; DROP FUNCTION no_entry()");
    }
    expect(await statusOf(ada, engines, sent.id)).toBe("pending");
    expect((await decline(grace, { id: sent.id })).status).toBe(200);
  });

  it("returns the same answer again, by the id and by each token, also after the invite would have expired", async () => {
    const { grace, sent } = await invited();
    const first = await decline(grace, { token: sent.mailed });
    await server.database.owner("UPDATE invites SET expires_at = now() - interval '1 hour' WHERE id = $1", [
      sent.id,
    ]);
    for (const input of [{ id: sent.id }, { token: sent.token }, { token: sent.mailed }]) {
      expect((await decline(grace, input)).data).toEqual(first.data);
    }
    expect(await statusOf(ada, engines, sent.id)).toBe("declined");
  });

  it("returns one answer to 20 concurrent calls, and records one entry", async () => {
    const { grace, sent } = await invited();
    const answers = await Promise.all(
      TWENTY.map((n) => decline(grace, n % 2 === 0 ? { id: sent.id } : { token: sent.mailed })),
    );
    expect(new Set(answers.map(({ status, data }) => `${status} ${JSON.stringify(data)}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(await entriesOf(sent.id)).toHaveLength(2);
  });

  it("ends both links and the mail that waits", async () => {
    const { grace, sent } = await invited();
    await decline(grace, { id: sent.id });
    for (const token of [sent.token, sent.mailed]) {
      expect(await grace.call("invites.accept", { token })).toMatchObject(INVALID);
      expect(await call(server.url, "invites.preview", { input: { token } })).toMatchObject(INVALID);
    }
    expect(await server.database.owner("SELECT FROM mail_outbox WHERE invite_id = $1", [sent.id])).toEqual(
      [],
    );
    for (const operation of ["invites.resend", "invites.revoke"]) {
      const answer = await ada.call(operation, { id: sent.id }, engines);
      expect(answer).toMatchObject({ status: 404, error: { reason: "invite.not_found" } });
    }
  });

  it("V3 works for an unverified address with the mailed token alone, and does not verify it", async () => {
    people += 1;
    const mary = await arriveUnverified(server, `mary${people}`);
    const { id, token, mailed } = await invite(server, ada, { workspaceId: engines, email: mary.email });
    expect(await decline(mary, { token })).toMatchObject(INVALID);
    expect(await decline(mary, { id })).toMatchObject(INVALID);
    expect(await statusOf(ada, engines, id)).toBe("pending");
    expect((await decline(mary, { token: mailed })).status).toBe(200);
    expect((await mary.call("auth.me")).data.user.emailVerifiedAt).toBeNull();
    expect(await statusOf(ada, engines, id)).toBe("declined");
  });

  it("queues no mail", async () => {
    const { grace, sent } = await invited();
    const mails = () =>
      server.database.owner("SELECT id FROM mail_outbox WHERE recipient IN ($1, $2)", [
        ada.email,
        grace.email,
      ]);
    const others = (await mails()).length - 1;
    await decline(grace, { id: sent.id });
    expect(await mails()).toHaveLength(others);
  });

  it("needs the id or the token", async () => {
    const { grace, sent } = await invited();
    expect(await decline(grace, {})).toMatchObject(INVALID);
    expect(await statusOf(ada, engines, sent.id)).toBe("pending");
  });
});

describe("A declined invite", () => {
  it("appears in the list by its status, and can be replaced by a new invite to the same address", async () => {
    const { grace, sent } = await invited();
    const { id: revoked } = await invite(server, ada, { workspaceId: engines, email: "other@example.com" });
    await ada.call("invites.revoke", { id: revoked }, engines);
    await decline(grace, { id: sent.id });
    const list = async (status: string) => idsOf(await ada.call("invites.list", { status }, engines));
    expect(await list("declined")).toEqual([sent.id]);
    expect(await list("revoked")).toEqual([revoked]);
    expect(await list("pending")).toEqual([]);
    const again = await invite(server, ada, { workspaceId: engines, email: grace.email });
    expect(again.id).not.toBe(sent.id);
    expect(await grace.call("invites.accept", { token: sent.mailed })).toMatchObject(INVALID);
    expect((await grace.call("invites.accept", { token: again.mailed })).status).toBe(200);
    expect(await statusOf(ada, engines, sent.id)).toBe("declined");
  });

  it("frees its place in the quota of pending invites", async () => {
    const { grace, sent } = await invited();
    await server.database.owner(
      `INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
       SELECT gen_random_uuid(), $1::uuid, 'full' || n || '@example.com', 'member', sha256(($1::text || n)::bytea),
              sha256((n || $1::text)::bytea), $2, now() + interval '1 hour' FROM generate_series(1, 999) AS n`,
      [engines, ada.id],
    );
    const full = await ada.call("invites.create", { email: "one-more@example.com" }, engines);
    expect(full.error?.reason).toBe("invite.too_many");
    await decline(grace, { id: sent.id });
    expect((await ada.call("invites.create", { email: "one-more@example.com" }, engines)).status).toBe(200);
  });
});

const headers = { "x-request-id": "the-same" };

const send = (person: Person, input: object): Promise<Answer> =>
  call(server.url, "invites.decline", { input, token: person.token, headers });

const absent = async (person: Person) => {
  const byId = await send(person, { id: systemRandomness.newId() });
  const byToken = await send(person, { token: `pji_${systemRandomness.bytes(32).toString("base64url")}` });
  expect(byId).toMatchObject(INVALID);
  expect(bytesOf(byToken)).toBe(bytesOf(byId));
  return bytesOf(byId);
};

describe("Every failed refusal has the same body and headers, byte for byte:", () => {
  const ends: Readonly<Record<string, (id: string, person: Person, token: string) => Promise<unknown>>> = {
    "was accepted": (_id, person, token) => person.call("invites.accept", { token }),
    "was revoked": (id) => ada.call("invites.revoke", { id }, engines),
    "has expired": (id) =>
      server.database.owner("UPDATE invites SET expires_at = now() - interval '1 ms' WHERE id = $1", [id]),
    "is to a deleted workspace": () => ada.call("workspaces.delete", { name: "Engines" }, engines),
  };

  it.each(Object.keys(ends))("V6 an invite that %s", async (name) => {
    const { grace, sent } = await invited();
    await ends[name]?.(sent.id, grace, sent.mailed);
    const same = await absent(grace);
    for (const input of [{ id: sent.id }, { token: sent.token }, { token: sent.mailed }]) {
      expect(bytesOf(await send(grace, input))).toBe(same);
    }
  });

  it("V6 an invite of another user, a token that was replaced, and a malformed token", async () => {
    const { grace, sent } = await invited();
    const eve = await guest(server, `eve${people}`);
    const same = await absent(eve);
    const { id, token, mailed } = sent;
    for (const input of [{ id }, { token }, { token: mailed }, { id, token: mailed }]) {
      expect(bytesOf(await send(eve, input))).toBe(same);
    }
    const own = await invite(server, ada, { workspaceId: engines, email: eve.email });
    for (const input of [
      { id: own.id, token },
      { id, token: own.token },
      { token: "pji_" },
      { token: own.id },
    ]) {
      expect(bytesOf(await send(eve, input))).toBe(same);
    }
    expect((await ada.call("invites.resend", { id }, engines)).status).toBe(200);
    expect(bytesOf(await send(grace, { token }))).toBe(same);
    expect(await statusOf(ada, engines, id)).toBe("pending");
    expect(await statusOf(ada, engines, own.id)).toBe("pending");
  });

  it("V6 a declined invite of another user", async () => {
    const { grace, sent } = await invited();
    await decline(grace, { id: sent.id });
    const eve = await guest(server, `mallory${people}`);
    const same = await absent(eve);
    for (const input of [{ id: sent.id }, { token: sent.mailed }]) {
      expect(bytesOf(await send(eve, input))).toBe(same);
    }
  });
});
