// Accounts: passwords, and the links that are mailed.
import { randomUUID } from "node:crypto";
import { systemRandomness } from "../../../../src/runtime/randomness.ts";
import { formatOneTimeToken, parseOneTimeToken } from "../../../../src/identity/tokens/tokens.ts";
import {
  again,
  arriveUnverified,
  call,
  mailFor,
  password,
  type Person,
  type TestServer,
} from "../../../kit/index.ts";
import { as, stranger, worked } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const newPassword = "an entirely different horse";

/** A link that sets somebody's password, as they were mailed it. */
async function linkFor(
  { database, keys }: TestServer,
  { id: userId }: Person,
  minutes = 60,
): Promise<string> {
  const purpose = "password.reset";
  const id = systemRandomness.newId();
  const salt = systemRandomness.bytes(32);
  await database.owner(
    `INSERT INTO one_time_tokens (id, user_id, purpose, salt, expires_at)
     VALUES ($1, $2, $3, $4, now() + $5 * interval '1 minute')`,
    [id, userId, purpose, salt, minutes],
  );
  return formatOneTimeToken(keys, salt, { id, purpose });
}

const reset = async ({ url }: TestServer, token: string) =>
  worked(await call(url, "password.reset", { input: { token, newPassword } }));

const wrongPurpose: Attack = {
  says: "a link that verifies an address sets a password",
  tryOn: async (server) => {
    // As the server itself makes and mails it.
    const person = await arriveUnverified(server, randomUUID());
    await person.call("email.resendVerification", {});
    return reset(server, (await mailFor(server, person.email)).token);
  },
};

const usedTwice: Attack = {
  says: "a link sets a password twice",
  tryOn: async (server) => {
    const token = await linkFor(server, await stranger(server));
    return (await reset(server, token)) && reset(server, token);
  },
};

const tooLate: Attack = {
  says: "a link sets a password after it has expired",
  tryOn: async (server) => reset(server, await linkFor(server, await stranger(server), -1)),
};

const madeUp: Attack = {
  says: "a link made with the server's key and without its salt sets a password",
  tryOn: async (server) => {
    const parsed = parseOneTimeToken(await linkFor(server, await stranger(server)), "password.reset");
    const made = { id: parsed?.claims.id ?? "", purpose: "password.reset" };
    return reset(server, formatOneTimeToken(server.keys, Buffer.alloc(32, 7), made));
  },
};

const stays: Attack = {
  says: "a thief stays signed in after the password was reset",
  tryOn: async (server) => {
    const victim = await stranger(server);
    await reset(server, await linkFor(server, victim));
    return worked(await victim.call("auth.me"));
  },
};

const staysAfterChange: Attack = {
  says: "a thief stays signed in after the password was changed",
  tryOn: async (server) => {
    const victim = await stranger(server);
    const thief = await again(server, victim);
    await victim.call("password.change", { currentPassword: password, newPassword });
    return worked(await thief.call("auth.me"));
  },
};

const anyPassword: Attack = {
  says: "somebody signs in with a wrong password",
  tryOn: async (server) => {
    const { email } = await stranger(server);
    return worked(await call(server.url, "auth.signIn", { input: { email, password: newPassword } }));
  },
};

const unknownChange: Attack = {
  says: "a password is changed by who does not know it",
  tryOn: async (server) => {
    const changed = { currentPassword: "not it at all, I fear", newPassword };
    return worked(await (await stranger(server)).call("password.change", changed));
  },
};

const common: Attack = {
  says: "an account is made with a password that everybody tries",
  tryOn: async ({ url }) => {
    const input = { email: `${randomUUID()}@example.com`, password: "passwordpassword" };
    return worked(await call(url, "auth.signUp", { input }));
  },
};

const floods: Attack = {
  says: "an address is sent a fourth reset within a quarter of an hour",
  tryOn: async (server) => {
    const { email } = await stranger(server);
    const asks = () => as(server, "nobody")("password.requestReset", { email });
    for (let sent = 0; sent < 3; sent += 1) if (!worked(await asks())) throw new Error("Refused too early.");
    return worked(await asks());
  },
};

const tokens = "apps/api/src/identity/tokens/tokens.ts";
const store = "packages/db/src/people/accounts.ts";
const live = "AND used_at IS NULL AND expires_at > now()";
const found = "WHERE id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()";
const used = "WHERE id = $1 AND purpose = '${purpose}' AND used_at IS NULL AND expires_at > now()";

const inCode = guard("a link's purpose is in its code", tokens, [
  "`${prefix}${purpose}\\0$",
  "`${prefix}\\0$",
]);
const foundFor = guard("a link is looked up for its purpose", store, [
  found,
  found.replace("purpose = $2", "$2::text IS NOT NULL"),
]);
const usedFor = guard("a link is used up for its purpose", store, [
  used,
  used.replace("AND purpose = '${purpose}' ", ""),
]);
const foundLive = guard("a link that is used or expired is not found", store, [
  found,
  found.replace(live, ""),
]);
const usedLive = guard("a link that is used or expired is not used up", store, [
  used,
  used.replace(live, ""),
]);

export const accounts: readonly Mutant[] = [
  { without: [inCode], works: [], refused: [wrongPurpose] },
  { without: [foundFor, usedFor], works: [], refused: [wrongPurpose] },
  { without: [inCode, foundFor], works: [], refused: [wrongPurpose] },
  { without: [inCode, foundFor, usedFor], works: [wrongPurpose] },
  { without: [foundLive], works: [], refused: [usedTwice, tooLate] },
  { without: [usedLive], works: [], refused: [usedTwice, tooLate] },
  { without: [foundLive, usedLive], works: [usedTwice, tooLate] },
  {
    without: [
      guard("a link's code is compared", "apps/api/src/features/one-time-tokens/genuine-token.ts", [
        "|| !parsed.isGenuine(keys, record.salt)",
        "",
      ]),
    ],
    works: [madeUp],
  },
  {
    without: [
      guard("a reset ends every session", store, [
        "DELETE FROM sessions USING used WHERE sessions.user_id = used.user_id",
        "DELETE FROM sessions USING used WHERE false",
      ]),
    ],
    works: [stays],
    refused: [staysAfterChange],
  },
  {
    without: [
      guard("a change of the password ends the other sessions", store, [
        "WHERE sessions.user_id = person.id AND sessions.id <> $4",
        "WHERE $4::uuid IS NULL",
      ]),
    ],
    works: [staysAfterChange],
    refused: [stays],
  },
  {
    without: [
      guard("a sign-in needs the password", "apps/api/src/features/auth/sign-in.ts", [
        "if (!user || !verdict.matches)",
        "if (!user)",
      ]),
    ],
    works: [anyPassword],
  },
  {
    without: [
      guard("a change needs the current password", "apps/api/src/features/password/change-password.ts", [
        "if (from === null || !matches)",
        "if (from === null)",
      ]),
    ],
    works: [unknownChange],
  },
  {
    without: [
      guard("a new password is no common one", "apps/api/src/features/password/check-new-password.ts", [
        "if (problem !== null) throw",
        "if (false) throw",
      ]),
    ],
    works: [common],
  },
  {
    without: [
      guard("one try too many is refused", "apps/api/src/rpc/checks/limited.ts", [
        'if (retryAfterSeconds !== null) throw new Failure("limit.exceeded", { retryAfterSeconds });',
        "",
      ]),
    ],
    works: [floods],
  },
];
