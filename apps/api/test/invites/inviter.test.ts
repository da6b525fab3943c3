// An invite depends on the current rights of its inviter.
import { roles } from "@projostack/authz";
import { describe, expect, it } from "vitest";
import { checkAssignedRole } from "../../src/features/invites/check-assigned-role.ts";
import { hashOfInviteToken } from "../../src/identity/tokens/invite-tokens.ts";
import { Failure } from "../../src/rpc/failures/failure.ts";
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
  setUpInviters,
  server,
  newInvitingKey,
  startOver,
} from "./inviters.ts";

setUpInviters();

describe("An inviter", () => {
  it.each(ends)("V8 loses all pending invites by $how", async ({ end }) => {
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
    // Another admin can now invite the address.
    await invitedBy(ada, one);
  });

  it("V8 no longer owns an invite that another admin has resent", async () => {
    const [one] = guests as [Person];
    const { id } = await invitedBy(bob, one);
    const resent = await ada.call("invites.resend", { id }, engines);
    expect(resent.data.invitedBy).toBe(ada.id);
    await ends[0]?.end();
    expect((await one.call("invites.accept", { token: resent.data.token })).status).toBe(200);
  });

  it("V8 keeps the invites while the role remains admin", async () => {
    const [one] = guests as [Person];
    const { token } = await invitedBy(bob, one);
    await ada.call("members.changeRole", { userId: bob.id, role: "admin" }, engines);
    expect((await one.call("invites.accept", { token })).status).toBe(200);
  });
});

describe("An invite from a service key", () => {
  it("V8 can be accepted while the key works, although the key's creator is no longer an admin", async () => {
    const [one] = guests as [Person];
    const { token } = await invitedBy(await newInvitingKey(), one);
    await bob.call("members.changeRole", { userId: ada.id, role: "viewer" }, engines);
    expect((await one.call("invites.accept", { token })).status).toBe(200);
  });

  it("V8 ends with the revocation of the key", async () => {
    const [one] = guests as [Person];
    const key = await newInvitingKey();
    const { id, token, mailed } = await invitedBy(key, one);
    expect((await ada.call("serviceKeys.revoke", { id: key.id }, engines)).status).toBe(200);
    expect(await statusOf(ada, engines, id)).toBe("revoked");
    for (const shown of [token, mailed]) {
      expect((await one.call("invites.accept", { token: shown })).error?.reason).toBe("invite.invalid");
      expect((await call(server.url, "invites.preview", { input: { token: shown } })).status).toBe(404);
    }
  });

  it("V8 expires no later than the key", async () => {
    const [one, two] = guests as [Person, Person];
    const key = await newInvitingKey();
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
    // An invite with a later expiry does not outlive the key either.
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [key.id]);
    expect((await one.call("invites.accept", { token: made.data.token })).error?.reason).toBe(
      "invite.invalid",
    );
  });
});

describe("The role of an invite", () => {
  it("V5 requires an admin as the inviter", async () => {
    for (const role of ["viewer", "member"] as const) {
      const person = await guest(server, `inviting-${role}`);
      await join(server, engines, person, role);
      const answer = await person.call("invites.create", { email: "x@example.com", role: "viewer" }, engines);
      expect(answer).toMatchObject({ status: 403, error: { reason: "permission.denied" } });
    }
  });

  it("V5 must not exceed the inviter's own role, for every pair of roles", () => {
    for (const current of roles) {
      for (const given of roles) {
        const isAbove = roles.indexOf(given) > roles.indexOf(current);
        expect(isRefused({ workspaceId: engines, userId: bob.id, role: current }, given)).toBe(isAbove);
      }
    }
  });

  it("V5 must not exceed the inviter's current role at the acceptance, for every pair of roles", async () => {
    for (const current of roles) {
      for (const given of roles) {
        await startOver();
        const [one] = guests as [Person];
        const sent = await invitedBy(bob, one, given);
        await server.database.owner(
          "UPDATE workspace_members SET role = $3 WHERE workspace_id = $1 AND user_id = $2",
          [engines, bob.id, current],
        );
        const accepted = await acceptWithLaxPolicy(sent, one);
        const isAbove = roles.indexOf(given) > roles.indexOf(current);
        expect(accepted?.role, `${current} gives ${given}`).toBe(isAbove ? undefined : given);
      }
    }
  });

  it("V5 cannot be granted if the inviter may no longer invite", async () => {
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

/** Accepts an invite as the server does, but with a policy under which every role may invite. */
const acceptWithLaxPolicy = ({ id: inviteId, token }: SentInvite, { id: userId }: Person) =>
  server.database.db.answerInvite(engines, (tables) =>
    tables.sql.invites.accept({
      inviteId,
      tokenHash: hashOfInviteToken(token) ?? Buffer.alloc(32),
      userId,
      memberId: systemRandomness.newId(),
      ranks: roles,
      invitingRoles: roles,
    }),
  );
