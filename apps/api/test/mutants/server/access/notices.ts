// Mutants of the checks of addresses, and of the notices that people get about their accounts and memberships.
import { randomUUID } from "node:crypto";
import {
  arriveUnverified,
  call,
  mailFor,
  password,
  type Person,
  type TestServer,
} from "../../../kit/index.ts";
import { keyOf, memberOf, newUser, succeeded, team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const newPassword = "an entirely different horse";
const membersFile = "packages/db/src/tenant/members.ts";
const accountsFile = "packages/db/src/people/accounts.ts";

/** Whether no notice of this kind to the person is in the outbox. */
const isSilent = async ({ database }: TestServer, { email }: Person, template: string): Promise<boolean> =>
  (await database.owner("SELECT FROM mail_outbox WHERE recipient = $1 AND template = $2", [email, template]))
    .length === 0;

const silentChange: Attack = {
  title: "a thief changes a password, and the owner gets no notice",
  tryOn: async (server) => {
    const victim = await newUser(server);
    const answer = await victim.call("password.change", { currentPassword: password, newPassword });
    return succeeded(answer) && isSilent(server, victim, "password.changed");
  },
};

const silentReset: Attack = {
  title: "a thief of a mailed link resets a password, and the owner gets no notice",
  tryOn: async (server) => {
    const victim = await newUser(server);
    await call(server.url, "password.requestReset", { input: { email: victim.email } });
    const { token } = await mailFor(server, victim.email);
    const answer = await call(server.url, "password.reset", { input: { token, newPassword } });
    return succeeded(answer) && isSilent(server, victim, "password.was_reset");
  },
};

const silentRemoval: Attack = {
  title: "a member is removed without a notice",
  tryOn: async (server) => {
    const here = await team(server);
    const member = await memberOf(server, here, "member");
    const answer = await here.admin.call("members.remove", { userId: member.id }, here.id);
    return succeeded(answer) && isSilent(server, member, "member.removed");
  },
};

const silentRoleChange: Attack = {
  title: "the role of a member changes without a notice",
  tryOn: async (server) => {
    const here = await team(server);
    const member = await memberOf(server, here, "member");
    const answer = await here.admin.call(
      "members.changeRole",
      { userId: member.id, role: "viewer" },
      here.id,
    );
    return succeeded(answer) && isSilent(server, member, "member.role_changed");
  },
};

const silentKey: Attack = {
  title: "a stolen service key demotes its creator without a notice",
  tryOn: async (server) => {
    const here = await team(server);
    await memberOf(server, here, "admin");
    const key = await keyOf(server, here, { role: "admin", scopes: ["member:manage"] });
    const answer = await key.call("members.changeRole", { userId: here.admin.id, role: "viewer" });
    return succeeded(answer) && isSilent(server, here.admin, "member.role_changed");
  },
};

/** Acts several times. Each time, a server begins to send the notice. @returns the number of notices that do not wait */
async function noticesOf(
  { database }: TestServer,
  { email }: Person,
  { times, act }: { times: number; act: (round: number) => Promise<unknown> },
): Promise<number> {
  const soon = "next_attempt_at < now() + interval '10 minutes'";
  for (let round = 0; round < times; round += 1) {
    await act(round);
    await database.owner(
      `UPDATE mail_outbox SET attempts = 1 WHERE recipient = $1 AND attempts = 0 AND status = 'pending' AND ${soon}`,
      [email],
    );
  }
  return (await database.owner(`SELECT FROM mail_outbox WHERE recipient = $1 AND ${soon}`, [email])).length;
}

const roleFlood: Attack = {
  title: "an admin floods a member's mailbox by changing the role again and again",
  tryOn: async (server) => {
    const here = await team(server);
    const member = await memberOf(server, here, "member");
    const act = (round: number) =>
      here.admin.call(
        "members.changeRole",
        { userId: member.id, role: round % 2 ? "member" : "viewer" },
        here.id,
      );
    return (await noticesOf(server, member, { times: 6, act })) > 3;
  },
};

const unverifiedFlood: Attack = {
  title: "a stranger signs up with another person's address and floods it with notices",
  tryOn: async (server) => {
    const stranger = await arriveUnverified(server, randomUUID());
    const words = [password, newPassword];
    const act = (round: number) =>
      stranger.call("password.change", {
        currentPassword: words[round % 2],
        newPassword: words[(round + 1) % 2],
      });
    return (await noticesOf(server, stranger, { times: 3, act })) > 1;
  },
};

const lookAlikeDomain: Attack = {
  title: "an address in a look-alike domain of two scripts gets an account",
  tryOn: async ({ url }) => {
    const email = `${randomUUID()}@ex\u0430mple.com`;
    return succeeded(await call(url, "auth.signUp", { input: { email, password } }));
  },
};

const spelledAttempts: Attack = {
  title: "a guesser gets more attempts by spelling the address in other ways",
  tryOn: async (server) => {
    const { email } = await newUser(server);
    const headers = { "x-forwarded-for": "198.51.100.77" };
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const input = { email: `${" ".repeat(attempt)}${email}`, password: "wrong" };
      if ((await call(server.url, "auth.signIn", { input, headers })).status !== 401) return false;
    }
    return true;
  },
};

export const notices: readonly Mutant[] = [
  {
    removed: [
      guard("a changed password is reported to its owner", accountsFile, [
        "INSERT INTO account_events ${event(5)}, 'ok', person.id FROM person, ${NOTICES}",
        "INSERT INTO account_events ${event(5)}, 'ok', person.id FROM person",
      ]),
    ],
    succeeds: [silentChange],
  },
  {
    removed: [
      guard("a reset password is reported to its owner", accountsFile, [
        "INSERT INTO account_events ${event(3)}, 'ok', person.id FROM person, ${NOTICES}",
        "INSERT INTO account_events ${event(3)}, 'ok', person.id FROM person",
      ]),
    ],
    succeeds: [silentReset],
  },
  {
    removed: [
      guard("a removal is reported to the member", membersFile, [
        "EXISTS (SELECT FROM removed) AND ${IS_NOTIFIED} AS done",
        "EXISTS (SELECT FROM removed) AS done",
      ]),
    ],
    succeeds: [silentRemoval],
  },
  {
    removed: [
      guard("a changed role is reported to the member", membersFile, [
        "EXISTS (SELECT FROM changed) AND ${IS_NOTIFIED} AS done",
        "EXISTS (SELECT FROM changed) AS done",
      ]),
    ],
    succeeds: [silentRoleChange],
  },
  {
    removed: [
      guard(
        "an act of a service key is reported to its creator",
        "apps/api/src/features/members/is-another.ts",
        ["key !== undefined || userId !== targetUserId", "userId !== targetUserId"],
      ),
    ],
    succeeds: [silentKey],
  },
  {
    removed: [
      guard("a user gets three notices of one kind in an hour", "packages/db/src/tenant/notice-limits.ts", [
        "verified: { most: 3,",
        "verified: { most: 1_000,",
      ]),
    ],
    succeeds: [roleFlood],
  },
  {
    removed: [
      guard("an unverified address gets one notice in a day", "packages/db/src/people/account-notice.ts", [
        "CASE WHEN person.email_verified_at IS NULL THEN ${unverified.most} ELSE ${verified.most} END",
        "${verified.most}",
      ]),
    ],
    succeeds: [unverifiedFlood],
  },
  {
    removed: [
      guard("a domain does not mix scripts", "packages/contract/src/email-address.ts", [
        'domainToUnicode(domain).split(".").some(mixesScripts)',
        "domainToUnicode(domain) === mixesScripts.name",
      ]),
    ],
    succeeds: [lookAlikeDomain],
  },
  {
    removed: [
      guard("attempts are counted by the canonical address", "apps/api/src/rpc/checks/with-rate-limit.ts", [
        "return email.safeParse(input.email).data ?? null;",
        "return input.email;",
      ]),
    ],
    succeeds: [spelledAttempts],
  },
];
