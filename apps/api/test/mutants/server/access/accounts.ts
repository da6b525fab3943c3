// Mutants of the account checks: passwords and mailed links.
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
import { as, newUser, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const newPassword = "an entirely different horse";

/** Creates the token of a link that resets the password of a user. */
export async function linkFor(
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
  succeeded(await call(url, "password.reset", { input: { token, newPassword } }));

const wrongPurpose: Attack = {
  title: "the token of a verification link resets a password",
  tryOn: async (server) => {
    const person = await arriveUnverified(server, randomUUID());
    await person.call("email.resendVerification", {});
    return reset(server, (await mailFor(server, person.email)).token);
  },
};

const usedTwice: Attack = {
  title: "one link resets a password twice",
  tryOn: async (server) => {
    const token = await linkFor(server, await newUser(server));
    return (await reset(server, token)) && reset(server, token);
  },
};

const tooLate: Attack = {
  title: "an expired link resets a password",
  tryOn: async (server) => reset(server, await linkFor(server, await newUser(server), -1)),
};

const wrongSalt: Attack = {
  title: "a link made with the server's key and another salt resets a password",
  tryOn: async (server) => {
    const parsed = parseOneTimeToken(await linkFor(server, await newUser(server)), "password.reset");
    const made = { id: parsed?.claims.id ?? "", purpose: "password.reset" };
    return reset(server, formatOneTimeToken(server.keys, Buffer.alloc(32, 7), made));
  },
};

const staysAfterReset: Attack = {
  title: "a thief stays signed in after a password reset",
  tryOn: async (server) => {
    const victim = await newUser(server);
    await reset(server, await linkFor(server, victim));
    return succeeded(await victim.call("auth.me"));
  },
};

const staysAfterChange: Attack = {
  title: "a thief stays signed in after a password change",
  tryOn: async (server) => {
    const victim = await newUser(server);
    const thief = await again(server, victim);
    await victim.call("password.change", { currentPassword: password, newPassword });
    return succeeded(await thief.call("auth.me"));
  },
};

const wrongPassword: Attack = {
  title: "a user signs in with a wrong password",
  tryOn: async (server) => {
    const { email } = await newUser(server);
    return succeeded(await call(server.url, "auth.signIn", { input: { email, password: newPassword } }));
  },
};

const changeWithoutPassword: Attack = {
  title: "a caller changes a password without the current one",
  tryOn: async (server) => {
    const changed = { currentPassword: "a wrong password of this test", newPassword };
    return succeeded(await (await newUser(server)).call("password.change", changed));
  },
};

const common: Attack = {
  title: "a user signs up with a common password",
  tryOn: async ({ url }) => {
    const input = { email: `${randomUUID()}@example.com`, password: "passwordpassword" };
    return succeeded(await call(url, "auth.signUp", { input }));
  },
};

const tooManyResets: Attack = {
  title: "an address is sent a fourth reset link within 15 minutes",
  tryOn: async (server) => {
    const { email } = await newUser(server);
    const requestReset = () => as(server, "nobody")("password.requestReset", { email });
    for (let sent = 0; sent < 3; sent += 1)
      if (!succeeded(await requestReset())) throw new Error("Refused too early.");
    return succeeded(await requestReset());
  },
};

const tokensFile = "apps/api/src/identity/tokens/tokens.ts";
const storeFile = "packages/db/src/people/accounts.ts";
const UNEXPIRED = "AND used_at IS NULL AND expires_at > now()";
const LOOKUP = "WHERE id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()";
const USE = "WHERE id = $1 AND purpose = '${purpose}' AND used_at IS NULL AND expires_at > now()";

const purposeInCode = guard("the code of a link covers its purpose", tokensFile, [
  "`${prefix}${purpose}\\0$",
  "`${prefix}\\0$",
]);
const purposeInLookup = guard("the lookup of a link includes its purpose", storeFile, [
  LOOKUP,
  LOOKUP.replace("purpose = $2", "$2::text IS NOT NULL"),
]);
const purposeInUse = guard("the consumption of a link includes its purpose", storeFile, [
  USE,
  USE.replace("AND purpose = '${purpose}' ", ""),
]);
const expiryInLookup = guard("the lookup of a link excludes used and expired links", storeFile, [
  LOOKUP,
  LOOKUP.replace(UNEXPIRED, ""),
]);
const expiryInUse = guard("the consumption of a link excludes used and expired links", storeFile, [
  USE,
  USE.replace(UNEXPIRED, ""),
]);

export const accounts: readonly Mutant[] = [
  { removed: [purposeInCode], succeeds: [], stillBlocked: [wrongPurpose] },
  { removed: [purposeInLookup, purposeInUse], succeeds: [], stillBlocked: [wrongPurpose] },
  { removed: [purposeInCode, purposeInLookup], succeeds: [], stillBlocked: [wrongPurpose] },
  { removed: [purposeInCode, purposeInLookup, purposeInUse], succeeds: [wrongPurpose] },
  { removed: [expiryInLookup], succeeds: [], stillBlocked: [usedTwice, tooLate] },
  { removed: [expiryInUse], succeeds: [], stillBlocked: [usedTwice, tooLate] },
  { removed: [expiryInLookup, expiryInUse], succeeds: [usedTwice, tooLate] },
  {
    removed: [
      guard("the code of a link is compared", "apps/api/src/features/one-time-tokens/find-valid-token.ts", [
        "|| !parsed.isGenuine(keys, record.salt)",
        "",
      ]),
    ],
    succeeds: [wrongSalt],
  },
  {
    removed: [
      guard("a reset ends every session", storeFile, [
        "DELETE FROM sessions USING used WHERE sessions.user_id = used.user_id",
        "DELETE FROM sessions USING used WHERE false",
      ]),
    ],
    succeeds: [staysAfterReset],
    stillBlocked: [staysAfterChange],
  },
  {
    removed: [
      guard("a password change ends the other sessions", storeFile, [
        "WHERE sessions.user_id = person.id AND sessions.id <> $4",
        "WHERE $4::uuid IS NULL",
      ]),
    ],
    succeeds: [staysAfterChange],
    stillBlocked: [staysAfterReset],
  },
  {
    removed: [
      guard("a sign-in requires the password", "apps/api/src/features/auth/sign-in.ts", [
        "if (!user || !verdict.matches)",
        "if (!user)",
      ]),
    ],
    succeeds: [wrongPassword],
  },
  {
    removed: [
      guard(
        "a password change requires the current password",
        "apps/api/src/features/password/change-password.ts",
        ["if (from === null || !matches)", "if (from === null)"],
      ),
    ],
    succeeds: [changeWithoutPassword],
  },
  {
    removed: [
      guard("a common password is rejected", "apps/api/src/features/password/check-new-password.ts", [
        "if (problem !== null) throw",
        "if (false) throw",
      ]),
    ],
    succeeds: [common],
  },
  {
    removed: [
      guard("an attempt above the limit is rejected", "apps/api/src/rpc/checks/with-rate-limit.ts", [
        'if (retryAfterSeconds !== null) throw new Failure("limit.exceeded", { retryAfterSeconds });',
        "",
      ]),
    ],
    succeeds: [tooManyResets],
  },
];
