// An invite is worth what whoever made it may do now.
import { roles } from "@projostack/authz";
import { describe, expect, it } from "vitest";
import { checkAssignedRole } from "../../src/features/invites/check-assigned-role.ts";
import { hashOfInviteToken } from "../../src/identity/tokens/invite-tokens.ts";
import { Failure } from "../../src/rpc/failure.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { call, idsOf, join, type Person } from "../kit/index.ts";
import { guest, rolesIn, statusOf, type SentInvite } from "./guests.ts";
import {
  ada,
  bob,
  ends,
  engines,
  guests,
  invitedBy,
  openHouse,
  server,
  service,
  startOver,
} from "./inviting.ts";

openHouse();

describe("V8 an inviter who stops being an admin", () => {
  it.each(ends)("V8 by $how, ends the invites that wait, and nobody else's", async ({ end }) => {
    const [one, two, three] = guests as [Person, Person, Person];
    const first = await invitedBy(bob, one);
    const second = await invitedBy(bob, two, "viewer");
    const other = await invitedBy(ada, three);
    expect((await end()).status).toBe(200);
    expect(await statusOf(ada, engines, first.id)).toBe("revoked");
    expect(await statusOf(ada, engines, second.id)).toBe("revoked");
    expect(await statusOf(ada, engines, other.id)).toBe("pending");
    for (const token of [first.token, first.mailed]) {
      expect((await one.call("invites.accept", { token })).error?.reason).toBe("invite.invalid");
    }
    expect(idsOf(await one.call("invites.listMine"))).not.toContain(first.id);
    expect((await three.call("invites.accept", { token: other.token })).status).toBe(200);
    // The address is free to be invited by somebody who may.
    await invitedBy(ada, one);
  });

  it("V8 has an invite again that another admin sent again: it is theirs from then on", async () => {
    const [one] = guests as [Person];
    const { id } = await invitedBy(bob, one);
    const resent = await ada.call("invites.resend", { id }, engines);
    expect(resent.data.invitedBy).toBe(ada.id);
    await ends[0]?.end();
    expect((await one.call("invites.accept", { token: resent.data.token })).status).toBe(200);
  });

  it("V8 keeps their invites when they stay an admin", async () => {
    const [one] = guests as [Person];
    const { token } = await invitedBy(bob, one);
    await ada.call("members.changeRole", { userId: bob.id, role: "admin" }, engines);
    expect((await one.call("invites.accept", { token })).status).toBe(200);
  });
});

describe("V8 an invite by a service", () => {
  it("V8 is accepted while its key works, and stays when the person who made the key is no admin any more", async () => {
    const [one] = guests as [Person];
    const { token } = await invitedBy(await service(), one);
    await bob.call("members.changeRole", { userId: ada.id, role: "viewer" }, engines);
    expect((await one.call("invites.accept", { token })).status).toBe(200);
  });

  it("V8 ends with its key's revocation", async () => {
    const [one] = guests as [Person];
    const key = await service();
    const { id, token, mailed } = await invitedBy(key, one);
    expect((await ada.call("serviceKeys.revoke", { id: key.id }, engines)).status).toBe(200);
    expect(await statusOf(ada, engines, id)).toBe("revoked");
    for (const shown of [token, mailed]) {
      expect((await one.call("invites.accept", { token: shown })).error?.reason).toBe("invite.invalid");
      expect((await call(server.url, "invites.preview", { input: { token: shown } })).status).toBe(404);
    }
  });

  it("V8 lasts no longer than its key", async () => {
    const [one, two] = guests as [Person, Person];
    const key = await service();
    await server.database.owner(
      "UPDATE service_keys SET expires_at = now() + interval '1 hour' WHERE id = $1",
      [key.id],
    );
    const made = await key.call("invites.create", { email: one.email }, engines);
    const { id } = await invitedBy(ada, two);
    const resent = await key.call("invites.resend", { id }, engines);
    for (const { data } of [made, resent]) {
      const hours = (Date.parse(String(data.expiresAt)) - Date.now()) / 3_600_000;
      expect(hours).toBeGreaterThan(0.9);
      expect(hours).toBeLessThan(1.1);
    }
    // Even one that was promised longer does not outlive it.
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [key.id]);
    expect((await one.call("invites.accept", { token: made.data.token })).error?.reason).toBe(
      "invite.invalid",
    );
  });
});

describe("V5 the role that an invite gives", () => {
  it("V5 only an admin invites", async () => {
    for (const role of ["viewer", "member"] as const) {
      const person = await guest(server, `${role}-who-invites`);
      await join(server, engines, person, role);
      const answer = await person.call("invites.create", { email: "x@example.com", role: "viewer" }, engines);
      expect(answer).toMatchObject({ status: 403, error: { reason: "permission.denied" } });
    }
  });

  it("V5 is never above the inviter's own, for every pair of roles", () => {
    for (const own of roles) {
      for (const given of roles) {
        const isAbove = roles.indexOf(given) > roles.indexOf(own);
        expect(isRefused({ workspaceId: engines, userId: bob.id, role: own }, given)).toBe(isAbove);
      }
    }
  });

  it("V5 is compared with the inviter's present one as the invite is accepted, were every role to invite", async () => {
    for (const own of roles) {
      for (const given of roles) {
        await startOver();
        const [one] = guests as [Person];
        const sent = await invitedBy(bob, one, given);
        await server.database.owner(
          "UPDATE workspace_members SET role = $3 WHERE workspace_id = $1 AND user_id = $2",
          [engines, bob.id, own],
        );
        const accepted = await accepting(sent, one);
        const isAbove = roles.indexOf(given) > roles.indexOf(own);
        expect(accepted?.role, `${own} gives ${given}`).toBe(isAbove ? undefined : given);
      }
    }
  });

  it("V5 counts for nothing when whoever gave it may not invite now", async () => {
    const [one] = guests as [Person];
    const { token } = await invitedBy(bob, one, "viewer");
    await server.database.owner(
      "UPDATE workspace_members SET role = 'member' WHERE workspace_id = $1 AND user_id = $2",
      [engines, bob.id],
    );
    expect((await one.call("invites.accept", { token })).error?.reason).toBe("invite.invalid");
    expect(await rolesIn(server, engines)).not.toHaveProperty([one.email]);
  });
});

function isRefused(...who: Parameters<typeof checkAssignedRole>): boolean {
  try {
    checkAssignedRole(...who);
    return false;
  } catch (error) {
    return error instanceof Failure && error.reason === "permission.denied";
  }
}

/** Accepts as the server does, but as if the policy let every role invite. */
const accepting = ({ id: inviteId, token }: SentInvite, { id: userId }: Person) =>
  server.database.db.joinWorkspace(engines, (tables) =>
    tables.sql.invites.accept({
      inviteId,
      tokenHash: hashOfInviteToken(token) ?? Buffer.alloc(32),
      userId,
      memberId: systemRandomness.newId(),
      ranks: roles,
      invitingRoles: roles,
    }),
  );
