// Who joins by an invite: one, once, whoever was invited and nobody else.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  again,
  arriveUnverified,
  call,
  foundWorkspace,
  idsOf,
  join,
  mailFor,
  password,
  signIn,
  signUp,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { guest, invite, rolesIn, ROUNDS, ROUNDS_MS, statusOf, TWENTY } from "./guests.ts";

let server: TestServer;
let ada: Person;
let engines: string;
beforeAll(async () => {
  server = await startTestServer({}, { shortPauses: true });
  ada = await guest(server, "ada");
  engines = await foundWorkspace(ada);
});
afterAll(() => server.close());

const INVALID = { status: 404, error: { reason: "invite.invalid" } };

describe("the way in", () => {
  it("somebody new is invited, signs up, accepts by the mail's token, and is in: their address is verified by it", async () => {
    await ada.call("invites.create", { email: "new@example.com", role: "viewer" }, engines);
    const mail = await mailFor(server, "new@example.com");
    expect(mail.headers.get("subject")).toBe('You are invited to "Engines"');
    const seen = await call(server.url, "invites.preview", { input: { token: mail.token } });
    expect(seen.data).toMatchObject({ workspaceName: "Engines", email: "new@example.com", role: "viewer" });

    const newcomer = await signUp(server, "new");
    expect((await newcomer.call("auth.me")).data.user.emailVerifiedAt).toBeNull();
    const accepted = await newcomer.call("invites.accept", { token: mail.token });
    expect(accepted).toMatchObject({ status: 200, data: { id: engines, name: "Engines", role: "viewer" } });
    expect((await newcomer.call("auth.me")).data.user.emailVerifiedAt).not.toBeNull();
    expect(idsOf(await newcomer.call("workspaces.list"))).toEqual([engines]);
    expect((await newcomer.call("workspaces.get", {}, engines)).data.role).toBe("viewer");
    expect((await newcomer.call("projects.create", { name: "Looms" }, engines)).status).toBe(403);
  });

  it("the mail that asks to verify the address is not needed any more, and does no harm", async () => {
    const email = "twice@example.com";
    await ada.call("invites.create", { email }, engines);
    const { token } = await mailFor(server, email);
    const person = await signUp(server, "twice");
    const verification = await mailFor(server, email, 2);
    await person.call("invites.accept", { token });
    const answer = await call(server.url, "email.verify", { input: { token: verification.token } });
    expect(answer.error?.reason).toBe("token.invalid");
    expect((await person.call("auth.me")).data.user.emailVerifiedAt).not.toBeNull();
  });

  it("somebody with an account signs in and accepts, by the link that the inviter handed over", async () => {
    const grace = await guest(server, "grace");
    const { token } = await invite(server, ada, { workspaceId: engines, email: grace.email, role: "admin" });
    const later = await signIn(server, grace.email);
    expect((await later.call("invites.accept", { token })).data).toMatchObject({
      id: engines,
      role: "admin",
    });
    expect((await later.call("members.list", {}, engines)).status).toBe(200);
  });

  it("the wrong account is told to use the right one, and learns nothing else", async () => {
    const mallory = await guest(server, "mallory");
    const { mailed } = await invite(server, ada, { workspaceId: engines, email: "right@example.com" });
    const refused = await mallory.call("invites.accept", { token: mailed });
    expect(refused).toMatchObject(INVALID);
    expect(refused.text).toContain("Sign in with the invited address");
    expect(refused.text).not.toMatch(/right|Engines|ada/);
    expect((await mallory.call("workspaces.get", {}, engines)).status).toBe(404);
  });

  it("acceptance is on record with who joined, and what they became", async () => {
    const joan = await guest(server, "joan");
    const { id, token } = await invite(server, ada, { workspaceId: engines, email: joan.email });
    await joan.call("invites.accept", { token });
    const entries = await server.database.owner(
      "SELECT action, actor_user_id, meta_json, personal_json #>> '{email,value}' AS email FROM audit_logs WHERE target_id = $1 ORDER BY seq",
      [id],
    );
    expect(entries).toEqual([
      {
        action: "invite.created",
        actor_user_id: ada.id,
        meta_json: { after: { role: "member" } },
        email: joan.email,
      },
      {
        action: "invite.accepted",
        actor_user_id: joan.id,
        meta_json: { after: { role: "member", joined: true } },
        email: joan.email,
      },
    ]);
  });
});

/** What the server must not do: between its two statements others ask too. */
const acceptNaively = async (id: string): Promise<boolean> => {
  const free = await server.database.owner("SELECT FROM invites WHERE id = $1 AND used_at IS NULL", [id]);
  if (free.length === 0) return false;
  await server.database.owner("UPDATE invites SET used_at = now() WHERE id = $1", [id]);
  return true;
};

describe("V1 an invite has one winner", () => {
  it(
    "V1 of 20 sessions of the person invited one is told that they joined, and they are in once",
    async () => {
      const person = await guest(server, "winner");
      const sessions = await Promise.all(TWENTY.map(() => again(server, person)));
      for (let round = 0; round < ROUNDS; round += 1) {
        const { id, token, mailed } = await invite(server, ada, {
          workspaceId: engines,
          email: person.email,
        });
        const answers = await Promise.all(
          sessions.map((session, index) =>
            session.call("invites.accept", { token: index % 2 === 0 ? token : mailed }),
          ),
        );
        expect(answers.map(({ status }) => status).toSorted()).toEqual([
          200,
          ...TWENTY.slice(1).map(() => 404),
        ]);
        const rows = await server.database.owner(
          `SELECT (SELECT count(*)::integer FROM workspace_members WHERE workspace_id = $1 AND user_id = $2) AS memberships,
                (SELECT count(*)::integer FROM audit_logs WHERE target_id = $3 AND action = 'invite.accepted') AS entries`,
          [engines, person.id, id],
        );
        expect(rows).toEqual([{ memberships: 1, entries: 1 }]);
        await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [person.id]);
      }
    },
    ROUNDS_MS,
  );

  it(
    "V1, V3 of 20 people who share an invite's tokens the one whose address it names joins, and no other",
    async () => {
      const people = await Promise.all(TWENTY.map((index) => guest(server, `sharer${index}`)));
      for (let round = 0; round < ROUNDS; round += 1) {
        const invited = people[round % people.length] ?? ada;
        const { token, mailed } = await invite(server, ada, { workspaceId: engines, email: invited.email });
        const answers = await Promise.all(
          people.map((person, index) =>
            person.call("invites.accept", { token: index % 2 === 0 ? mailed : token }),
          ),
        );
        const joined = people.filter((_, index) => answers[index]?.status === 200);
        expect(joined).toEqual([invited]);
        const members = Object.keys(await rolesIn(server, engines)).filter((email) =>
          email.startsWith("sharer"),
        );
        expect(members).toEqual([invited.email]);
        await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [invited.id]);
      }
    },
    ROUNDS_MS,
  );

  it(
    "V1 asking first whether the invite is unused, and using it then, lets several win",
    async () => {
      let roundsWithSeveral = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const { id } = await invite(server, ada, {
          workspaceId: engines,
          email: `naive${round}@example.com`,
        });
        const won = await Promise.all(TWENTY.map(() => acceptNaively(id)));
        if (won.filter(Boolean).length > 1) roundsWithSeveral += 1;
      }
      expect(roundsWithSeveral).toBeGreaterThan(0);
    },
    ROUNDS_MS,
  );
});

describe("V3 whoever was not invited does not join", () => {
  it("V3 an address that nobody verified does not join by the inviter's link, and does by the mail's", async () => {
    const mary = await arriveUnverified(server, "mary");
    const { token, mailed } = await invite(server, ada, { workspaceId: engines, email: mary.email });
    expect(await mary.call("invites.accept", { token })).toMatchObject(INVALID);
    expect((await mary.call("auth.me")).data.user.emailVerifiedAt).toBeNull();
    expect(await rolesIn(server, engines)).not.toHaveProperty([mary.email]);
    expect((await mary.call("invites.accept", { token: mailed })).status).toBe(200);
    expect((await mary.call("auth.me")).data.user.emailVerifiedAt).not.toBeNull();
    const events = await server.database.owner(
      "SELECT action FROM account_events WHERE user_id = $1 AND action = 'email.verified'",
      [mary.id],
    );
    expect(events).toHaveLength(1);
  });

  it("V3 the mail's token verifies nobody else's address", async () => {
    const eve = await arriveUnverified(server, "eve");
    const { mailed } = await invite(server, ada, { workspaceId: engines, email: "eves-victim@example.com" });
    expect(await eve.call("invites.accept", { token: mailed })).toMatchObject(INVALID);
    expect((await eve.call("auth.me")).data.user.emailVerifiedAt).toBeNull();
  });

  it("V3, A4 an address is one, whatever its case", async () => {
    const hedy = await guest(server, "hedy");
    const created = await ada.call("invites.create", { email: "HEDY@Example.COM" }, engines);
    expect(created.data.email).toBe("hedy@example.com");
    const twice = await ada.call("invites.create", { email: "Hedy@example.com" }, engines);
    expect(twice.error?.reason).toBe("invite.exists");
    expect((await hedy.call("invites.accept", { token: created.data.token })).status).toBe(200);
  });

  it("V3, A4 an address with look-alike letters, or none that mail could reach, is not invited", async () => {
    const addresses = [
      "\u0430da@example.com", // a Cyrillic a
      "ada@ex\u0430mple.com",
      "\uff41da@example.com", // a full-width a
      "ada@example.com.",
      "ada\u200b@example.com",
      "ada@example.com\u0000",
      "ada@example.com, eve@example.com",
      "Ada <ada@example.com>",
      "ada",
      "",
    ];
    for (const email of addresses) {
      const answer = await ada.call("invites.create", { email }, engines);
      expect(answer, email).toMatchObject({ status: 400 });
    }
    for (const email of ["a.da@example.com", "ada+x@example.com", "ada@example.co"]) {
      const { token } = await invite(server, ada, { workspaceId: engines, email });
      const other = await guest(server, `not${email.replaceAll(/\W/g, "")}`);
      expect(await other.call("invites.accept", { token }), email).toMatchObject(INVALID);
    }
  });
});

describe("V7 whoever is a member already", () => {
  it("V7 keeps their role when they accept, be it above the invite's or below", async () => {
    for (const [name, has, gets] of [
      ["above", "admin", "viewer"],
      ["below", "viewer", "admin"],
      ["same", "member", "member"],
    ] as const) {
      const person = await guest(server, name);
      const { id, token } = await invite(server, ada, {
        workspaceId: engines,
        email: person.email,
        role: gets,
      });
      await join(server, engines, person, has);
      const answer = await person.call("invites.accept", { token });
      expect(answer).toMatchObject({ status: 200, data: { id: engines, role: has } });
      expect(await rolesIn(server, engines)).toHaveProperty([person.email], has);
      expect(await statusOf(ada, engines, id)).toBe("accepted");
      // The record does not say that they joined by it.
      const [entry] = await server.database.owner(
        "SELECT meta_json FROM audit_logs WHERE target_id = $1 AND action = 'invite.accepted'",
        [id],
      );
      expect(entry).toEqual({ meta_json: { after: { role: has, joined: false } } });
    }
  });

  it("V7 keeps their role in another workspace too", async () => {
    const person = await guest(server, "abroad");
    const looms = await foundWorkspace(person, "Looms");
    const { token } = await invite(server, ada, {
      workspaceId: engines,
      email: person.email,
      role: "viewer",
    });
    await person.call("invites.accept", { token });
    expect(await rolesIn(server, looms)).toEqual({ [person.email]: "admin" });
    expect((await person.call("auth.signIn", { email: person.email, password })).status).toBe(200);
  });
});
