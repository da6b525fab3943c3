// Limits: nobody is kept out by others, and nobody's mailbox is a target. The server trusts this machine as its proxy.
import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { mailboxLimits } from "../../../src/limits/limiter/mailbox-limits.ts";
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
} from "../../kit/index.ts";
import { inviteFor, stranger, team, worked } from "../attackers.ts";
import { guard, type Attack, type Mutant } from "../mutant.ts";

const wrong = "no such horse battery staple";
const anyAddress = (): string => `10.${[...randomBytes(3)].join(".")}`;
const from = (address: string) => ({ "x-forwarded-for": address });
const count = (answers: readonly Answer[]): number => answers.filter(worked).length;

const anotherHousehold: Attack = {
  says: "one IPv6 /48 tries more links than it is granted, each few from another /56",
  tryOn: async ({ url }) => {
    const site = `2001:db8:${randomBytes(2).toString("hex")}`;
    let refused = 0;
    for (let household = 0; household < 97 && refused === 0; household += 1) {
      const names = Array.from({ length: 10 }, () => "email.verify");
      const { text } = await send(`${url}/trpc/${names.join(",")}?batch=1`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...from(`${site}:${(household * 256).toString(16)}::1`),
        },
        body: JSON.stringify(Object.fromEntries(names.map((_, n) => [n, { token: "none" }]))),
      });
      refused += text.split('"httpStatus":429').length - 1;
    }
    return refused === 0;
  },
};

const floodOfSignIns: Attack = {
  says: "strangers who try passwords keep an owner at a known address from signing in",
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
      const tries: Answer[] = [];
      for (let n = 0; n < 3; n += 1)
        tries.push(await call(url, "auth.signIn", { input: owner, headers: home }));
      return tries.some(({ status }) => status === 503);
    } finally {
      flood.isOn = false;
      await flooding;
    }
  },
};

const unverifiedInvite: Attack = {
  says: "an account that nobody verified invites a stranger",
  tryOn: async (server) => {
    const eve = await arriveUnverified(server, randomUUID());
    const workspaceId = await foundWorkspace(eve);
    return worked(await eve.call("invites.create", { email: `${workspaceId}@example.com` }, workspaceId));
  },
};

const unverifiedResend: Attack = {
  says: "an account that nobody verified sends an invite again",
  tryOn: async (server) => {
    const eve = await arriveUnverified(server, randomUUID());
    const id = await foundWorkspace(eve);
    const invite = await inviteFor(server, { id, admin: eve }, { email: `${id}@example.com` });
    return worked(await eve.call("invites.resend", { id: invite.id }, id));
  },
};

const unverifiedKey: Attack = {
  says: "an account that nobody verified makes a service key that invites",
  tryOn: async (server) => {
    const eve = await arriveUnverified(server, randomUUID());
    const workspaceId = await foundWorkspace(eve);
    const input = { name: "Mill", role: "admin", scopes: ["invite:manage"] };
    return worked(await eve.call("serviceKeys.create", input, workspaceId));
  },
};

/** Three workspaces of one admin. */
async function workspacesOf(admin: Person): Promise<string[]> {
  return [await foundWorkspace(admin), await foundWorkspace(admin), await foundWorkspace(admin)];
}

const manyInvites: Attack = {
  says: "one mailbox is invited more often than it is granted, from several workspaces and by tags",
  tryOn: async (server) => {
    const admin = await stranger(server);
    const victim = randomUUID();
    const sent: Answer[] = [];
    for (const place of await workspacesOf(admin)) {
      for (let n = 0; n < 4; n += 1) {
        sent.push(await admin.call("invites.create", { email: `${victim}+${n}@example.com` }, place));
      }
    }
    return count(sent) > mailboxLimits.invite.points;
  },
};

const manyResends: Attack = {
  says: "one mailbox is sent invites again more often than it is granted",
  tryOn: async (server) => {
    const admin = await stranger(server);
    const victim = `${randomUUID()}@example.com`;
    const sent: Answer[] = [];
    for (const id of await workspacesOf(admin)) {
      const invite = await inviteFor(server, { id, admin }, { email: victim });
      for (let n = 0; n < 4; n += 1) sent.push(await admin.call("invites.resend", { id: invite.id }, id));
    }
    return count(sent) > mailboxLimits.invite.points;
  },
};

const manySignUps: Attack = {
  says: "one mailbox is sent more verifications than it is granted, for accounts with tags",
  tryOn: async ({ url }) => {
    const victim = randomUUID();
    const sent: Answer[] = [];
    for (let n = 0; n <= mailboxLimits.unverified.points; n += 1) {
      const input = { email: `${victim}+${n}@example.com`, password };
      sent.push(await call(url, "auth.signUp", { input, headers: from(anyAddress()) }));
    }
    return count(sent) > mailboxLimits.unverified.points;
  },
};

const manyVerifications: Attack = {
  says: "one mailbox is sent verifications again more often than it is granted",
  tryOn: async (server) => {
    const victim = randomUUID();
    const sent: Answer[] = [];
    for (let n = 0; n < 3; n += 1) {
      const account = await arriveUnverified(server, `${victim}+${n}`);
      for (let times = 0; times < 4; times += 1)
        sent.push(await account.call("email.resendVerification", {}));
    }
    return count(sent) > mailboxLimits.unverified.points;
  },
};

const manyResets: Attack = {
  says: "one mailbox is sent more links for a new password than it is granted",
  tryOn: async (server: TestServer) => {
    const { id, email } = await stranger(server);
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
  says: "a workspace's name becomes a link in the subject of a mail to a stranger",
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

const createFile = "apps/api/src/features/invites/create-invite.ts";
const resendFile = "apps/api/src/features/invites/resend-invite.ts";

/** A guard without which one attack works. */
const needed = (
  says: string,
  file: string,
  [text, without, attack]: readonly [guard: string, without: string, attack: Attack],
): Mutant => ({ without: [guard(says, file, [text, without])], works: [attack] });

export const limiter: readonly Mutant[] = [
  needed("the addresses of an IPv6 /48 are counted together", "apps/api/src/limits/limiter/limits.ts", [
    '{ by: "network48", points: IN_NETWORK_48 * points, seconds },',
    "",
    anotherHousehold,
  ]),
  needed(
    "known callers have places of their own before the hashing of passwords",
    "apps/api/src/identity/passwords/argon2-gate.ts",
    ["const queue = isKnown ? known : strangers;", "const queue = strangers;", floodOfSignIns],
  ),
  needed("only a person with a verified address invites", createFile, [
    "checkInviter(services, caller);",
    "",
    unverifiedInvite,
  ]),
  needed("only a person with a verified address sends an invite again", resendFile, [
    "checkInviter(services, caller);",
    "",
    unverifiedResend,
  ]),
  needed(
    "only a person with a verified address makes a key that invites",
    "apps/api/src/features/service-keys/create-service-key.ts",
    ['if (scopes.includes("invite:manage")) checkInviter(services, caller);', "", unverifiedKey],
  ),
  needed("an invite is counted for its mailbox", createFile, [
    'await countMail(services, "invite", email);',
    "",
    manyInvites,
  ]),
  needed("an invite that is sent again is counted for its mailbox", resendFile, [
    'await countMail(services, "invite", invite.email);',
    "",
    manyResends,
  ]),
  needed("a sign-up is counted for its mailbox", "apps/api/src/features/auth/sign-up.ts", [
    'await countMail(ctx.services, "unverified", email);',
    "",
    manySignUps,
  ]),
  needed(
    "a verification that is sent again is counted for its mailbox",
    "apps/api/src/features/email/resend-verification.ts",
    ['await countMail(ctx.services, "unverified", user.email);', "", manyVerifications],
  ),
  needed(
    "a link for a new password is counted for its mailbox",
    "apps/api/src/features/password/request-reset.ts",
    ["if (user && !isTooMany)", "if (user)", manyResets],
  ),
  needed("names in mails become no links", "apps/api/src/mail/quote-name.ts", [
    "return withoutLinks(truncate(oneLine, longest));",
    "return truncate(oneLine, longest);",
    linkInSubject,
  ]),
];
