// Mutants of the rate limits: for addresses, for password hashing, and for mailboxes. The server trusts 127.0.0.1 as a proxy.
import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { mailboxLimits } from "../../../../src/limits/limiter/mailbox-limits.ts";
import {
  arriveUnverified,
  call,
  eventually,
  foundWorkspace,
  mailsOf,
  password,
  send,
  type Answer,
  type Person,
  type TestServer,
} from "../../../kit/index.ts";
import { inviteFor, newUser, team, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const wrong = "no such horse battery staple";
const anyAddress = (): string => `10.${[...randomBytes(3)].join(".")}`;
const from = (address: string) => ({ "x-forwarded-for": address });
const count = (answers: readonly Answer[]): number => answers.filter(succeeded).length;

const manyNetworks: Attack = {
  title: "one IPv6 /48 tries more links than its limit, from many /56 networks",
  tryOn: async ({ url }) => {
    const prefix = `2001:db8:${randomBytes(2).toString("hex")}`;
    let refused = 0;
    for (let network = 0; network < 97 && refused === 0; network += 1) {
      const names = Array.from({ length: 10 }, () => "email.verify");
      const { text } = await send(`${url}/trpc/${names.join(",")}?batch=1`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...from(`${prefix}:${(network * 256).toString(16)}::1`),
        },
        body: JSON.stringify(Object.fromEntries(names.map((_, n) => [n, { token: "none" }]))),
      });
      refused += text.split('"httpStatus":429').length - 1;
    }
    return refused === 0;
  },
};

const signInFlood: Attack = {
  title: "unknown callers who try passwords prevent a sign-in from a known address",
  tryOn: async ({ url }) => {
    const owner = { email: `${randomUUID()}@example.com`, password };
    const home = from(anyAddress());
    await call(url, "auth.signUp", { input: owner, headers: home });
    const flood = { isOn: true, isFull: false };
    const tryPasswords = async () => {
      while (flood.isOn) {
        const input = { email: `${randomUUID()}@example.com`, password: wrong };
        const { status } = await call(url, "auth.signIn", { input, headers: from(anyAddress()) });
        if (status !== 503) continue;
        flood.isFull = true;
        await delay(20);
      }
    };
    const flooding = Promise.all(Array.from({ length: 40 }, tryPasswords));
    try {
      await eventually(() => flood.isFull);
      // The queue of the others can have a free place at the moment of a try.
      for (let n = 0; n < 8; n += 1) {
        const { status } = await call(url, "auth.signIn", { input: owner, headers: home });
        if (status === 503) return true;
      }
      return false;
    } finally {
      flood.isOn = false;
      await flooding;
    }
  },
};

const unverifiedInvite: Attack = {
  title: "a user with an unverified address sends an invite",
  tryOn: async (server) => {
    const person = await arriveUnverified(server, randomUUID());
    const workspaceId = await foundWorkspace(person);
    return succeeded(
      await person.call("invites.create", { email: `${workspaceId}@example.com` }, workspaceId),
    );
  },
};

const unverifiedResend: Attack = {
  title: "a user with an unverified address resends an invite",
  tryOn: async (server) => {
    const person = await arriveUnverified(server, randomUUID());
    const id = await foundWorkspace(person);
    const invite = await inviteFor(server, { id, admin: person }, { email: `${id}@example.com` });
    return succeeded(await person.call("invites.resend", { id: invite.id }, id));
  },
};

const unverifiedKey: Attack = {
  title: "a user with an unverified address creates a service key that can invite",
  tryOn: async (server) => {
    const person = await arriveUnverified(server, randomUUID());
    const workspaceId = await foundWorkspace(person);
    const input = { name: "Mill", role: "admin", scopes: ["invite:manage"] };
    return succeeded(await person.call("serviceKeys.create", input, workspaceId));
  },
};

/** Creates three workspaces with the same admin. */
async function workspacesOf(admin: Person): Promise<string[]> {
  return [await foundWorkspace(admin), await foundWorkspace(admin), await foundWorkspace(admin)];
}

const manyInvites: Attack = {
  title:
    "one mailbox receives more invites than its limit, from several workspaces and with tagged addresses",
  tryOn: async (server) => {
    const admin = await newUser(server);
    const mailbox = randomUUID();
    const sent: Answer[] = [];
    for (const workspaceId of await workspacesOf(admin)) {
      for (let n = 0; n < 4; n += 1) {
        sent.push(await admin.call("invites.create", { email: `${mailbox}+${n}@example.com` }, workspaceId));
      }
    }
    return count(sent) > mailboxLimits.invite.points;
  },
};

const manyResends: Attack = {
  title: "one mailbox receives more resent invites than its limit",
  tryOn: async (server) => {
    const admin = await newUser(server);
    const mailbox = `${randomUUID()}@example.com`;
    const sent: Answer[] = [];
    for (const id of await workspacesOf(admin)) {
      const invite = await inviteFor(server, { id, admin }, { email: mailbox });
      for (let n = 0; n < 4; n += 1) sent.push(await admin.call("invites.resend", { id: invite.id }, id));
    }
    return count(sent) > mailboxLimits.invite.points;
  },
};

const manySignUps: Attack = {
  title: "one mailbox receives more verification mails than its limit, for sign-ups with tagged addresses",
  tryOn: async ({ url }) => {
    const mailbox = randomUUID();
    const sent: Answer[] = [];
    for (let n = 0; n <= mailboxLimits.unverified.points; n += 1) {
      const input = { email: `${mailbox}+${n}@example.com`, password };
      sent.push(await call(url, "auth.signUp", { input, headers: from(anyAddress()) }));
    }
    return count(sent) > mailboxLimits.unverified.points;
  },
};

const manyVerifications: Attack = {
  title: "one mailbox receives more resent verification mails than its limit",
  tryOn: async (server) => {
    const mailbox = randomUUID();
    const sent: Answer[] = [];
    for (let n = 0; n < 3; n += 1) {
      const account = await arriveUnverified(server, `${mailbox}+${n}`);
      for (let times = 0; times < 4; times += 1)
        sent.push(await account.call("email.resendVerification", {}));
    }
    return count(sent) > mailboxLimits.unverified.points;
  },
};

const manyResets: Attack = {
  title: "one mailbox receives more reset links than its limit",
  tryOn: async (server: TestServer) => {
    const { id, email } = await newUser(server);
    for (let n = 0; n <= mailboxLimits.reset.points; n += 1) {
      await call(server.url, "password.requestReset", { input: { email }, headers: from(anyAddress()) });
    }
    const mailed = await server.database.owner(
      "SELECT FROM account_events WHERE user_id = $1 AND action = 'password.reset_requested' AND outcome = 'ok'",
      [id],
    );
    return mailed.length > mailboxLimits.reset.points;
  },
};

const linkInSubject: Attack = {
  title: "the name of a workspace becomes a link in the subject of a mail",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const email = `${randomUUID()}@example.com`;
    await admin.call("workspaces.rename", { name: "www.evil.example" }, id);
    const { status } = await admin.call("invites.create", { email }, id);
    if (status !== 200) throw new Error("The invite was not sent.");
    const mail = await eventually(async () =>
      (await mailsOf(server)).find(({ headers }) => headers.get("to") === email),
    );
    return mail.headers.get("subject")?.includes("evil.example") === true;
  },
};

/** The attempts that one address has (limits.ts). */
const EMAIL_VERIFY_POINTS = 60;

const deadRedis: Attack = {
  title: "a server grants every attempt while its Redis is dead",
  tryOn: async ({ startAnother }) => {
    const server = await startAnother({ REDIS_URL: "redis://127.0.0.1:1" });
    try {
      const tries = Array.from({ length: EMAIL_VERIFY_POINTS + 1 }, () =>
        call(server.url, "email.verify", { input: { token: "none" }, headers: from("192.0.2.7") }),
      );
      const answers = await Promise.all(tries);
      return answers.every(({ status }) => status !== 429);
    } finally {
      await server.close();
    }
  },
};

const createFile = "apps/api/src/features/invites/create-invite.ts";
const resendFile = "apps/api/src/features/invites/resend-invite.ts";

/** Creates a mutant without one check, for one attack. */
const mutantOf = (
  title: string,
  file: string,
  [text, replacement, attack]: readonly [text: string, replacement: string, attack: Attack],
): Mutant => ({ removed: [guard(title, file, [text, replacement])], succeeds: [attack] });

export const limiter: readonly Mutant[] = [
  mutantOf("the addresses of an IPv6 /48 share one limit", "apps/api/src/limits/limiter/limits.ts", [
    '{ by: "network48", points: IN_NETWORK_48 * points, seconds },',
    "",
    manyNetworks,
  ]),
  mutantOf(
    "known callers have a separate queue for password hashing",
    "apps/api/src/identity/passwords/argon2-gate.ts",
    ["const queue = isKnown ? known : strangers;", "const queue = strangers;", signInFlood],
  ),
  mutantOf("without Redis a server counts by itself", "apps/api/src/limits/counting/count-attempt.ts", [
    "return counted ?? countInProcess(rules);",
    "return counted ?? countInProcess(shared === null ? rules : []);",
    deadRedis,
  ]),
  mutantOf("an invite requires a verified inviter", createFile, [
    "checkInviter(services, caller);",
    "",
    unverifiedInvite,
  ]),
  mutantOf("a resent invite requires a verified inviter", resendFile, [
    "checkInviter(services, caller);",
    "",
    unverifiedResend,
  ]),
  mutantOf(
    "a service key that can invite requires a verified creator",
    "apps/api/src/features/service-keys/create-service-key.ts",
    ['if (scopes.includes("invite:manage")) checkInviter(services, caller);', "", unverifiedKey],
  ),
  mutantOf("an invite counts against the limit of its mailbox", createFile, [
    'await countMail(services, "invite", email);',
    "",
    manyInvites,
  ]),
  mutantOf("a resent invite counts against the limit of its mailbox", resendFile, [
    'await countMail(services, "invite", invite.email);',
    "",
    manyResends,
  ]),
  mutantOf("a sign-up counts against the limit of its mailbox", "apps/api/src/features/auth/sign-up.ts", [
    'await countMail(ctx.services, "unverified", email);',
    "",
    manySignUps,
  ]),
  mutantOf(
    "a resent verification mail counts against the limit of its mailbox",
    "apps/api/src/features/email/resend-verification.ts",
    ['await countMail(ctx.services, "unverified", user.email);', "", manyVerifications],
  ),
  mutantOf(
    "a reset link counts against the limit of its mailbox",
    "apps/api/src/features/password/request-reset.ts",
    ["if (user && !isTooMany)", "if (user)", manyResets],
  ),
  mutantOf("mail text contains no links made from names", "apps/api/src/mail/quote-name.ts", [
    "return withoutLinks(truncate(oneLine, longest));",
    "return truncate(oneLine, longest);",
    linkInSubject,
  ]),
];
