// Mutants of the token checks that need no database: forged tokens, the limit on attempts, and pseudonyms of sessions.
import { systemRandomness } from "../../../../src/runtime/randomness.ts";
import { formatAccessToken, type TokenForm } from "../../../../src/identity/tokens/tokens.ts";
import { join, type TestServer } from "../../../kit/index.ts";
import { as, keyOf, newUser, team, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

interface Row extends Record<string, unknown> {
  salt: Uint8Array;
  now: number;
}

/** Creates a user and formats their access token with or without a check. */
async function tokenOf(server: TestServer, form: TokenForm = "checked"): Promise<string> {
  const { sessionId } = await newUser(server);
  const [row] = await server.database.owner<Row>(
    "SELECT salt, extract(epoch FROM now())::integer AS now FROM sessions WHERE id = $1",
    [sessionId],
  );
  if (!row) throw new Error("There is no such session.");
  const claims = { sessionId, generation: 1, expiresAtSeconds: row.now + 600 };
  return formatAccessToken(server.keys, row.salt, claims, form);
}

/** Creates an access token with a wrong check. */
async function withWrongCheck(server: TestServer): Promise<string> {
  const bytes = Buffer.from((await tokenOf(server)).slice(4), "base64url");
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  return `pja_${bytes.toString("base64url")}`;
}

const wrongCheck: Attack = {
  title: "the server accepts an access token with a wrong check",
  tryOn: async (server) => succeeded(await as(server, await withWrongCheck(server))("auth.me")),
};

const forgedTokenQuery: Attack = {
  title: "the server queries the database for a forged token",
  tryOn: async (server) => {
    const token = await withWrongCheck(server);
    // Without the table, a query for the session fails, so the answer is not 401.
    await server.database.owner("ALTER TABLE sessions RENAME TO sessions_elsewhere");
    try {
      return (await as(server, token)("auth.me")).status !== 401;
    } finally {
      await server.database.owner("ALTER TABLE sessions_elsewhere RENAME TO sessions");
    }
  },
};

const plainTokenTooLate: Attack = {
  title: "the server accepts an access token without a check after all such tokens have expired",
  tryOn: async (server) => succeeded(await as(server, await tokenOf(server, "plain"))("auth.me")),
};

/** Returns a random address, so that this attack does not exhaust the limit of another one. */
const newAddress = () => `203.0.113.${1 + ((systemRandomness.bytes(1)[0] ?? 0) % 250)}`;
const LIMIT = 600;

async function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "done",
    (error: unknown) => String((error as { reason?: unknown }).reason),
  );
}

async function exhaustLimit(server: TestServer, ip: string): Promise<string> {
  const guess = `pja_${systemRandomness.bytes(72).toString("base64url")}`;
  let last = "";
  for (let times = 0; times <= LIMIT; times += 1)
    last = await reasonOf(server.callAs({ token: guess, device: { ip } }).auth.me());
  return last;
}

const unlimitedGuesses: Attack = {
  title: "a network tries 601 tokens in a minute without being limited",
  tryOn: async (server) => (await exhaustLimit(server, newAddress())) === "auth.unauthenticated",
};

const unknownKeyAboveLimit: Attack = {
  title: "the server looks up an unknown service key for a network above its limit",
  tryOn: async (server) => {
    const ip = `198.51.100.${1 + ((systemRandomness.bytes(1)[0] ?? 0) % 250)}`;
    const here = await team(server);
    const { token } = await keyOf(server, here, { role: "viewer", scopes: ["project:read"] });
    await exhaustLimit(server, ip);
    return (await reasonOf(server.callAs({ token, device: { ip } }).projects.list({ limit: 20 }))) === "done";
  },
};

/** Lets one user be denied in several workspaces. @returns the session ids that the audit logs contain */
async function sessionsInLog(server: TestServer, places: number) {
  const person = await newUser(server);
  const found: string[] = [];
  for (let number = 0; number < places; number += 1) {
    const { admin, id } = await team(server);
    await join(server, id, person, "viewer");
    await person.call("audit.list", {}, id);
    const { data } = await admin.call("audit.list", { action: "access.denied" }, id);
    found.push(String((data.items as { sessionId: string }[])[0]?.sessionId));
  }
  return { person, found };
}

const seesSession: Attack = {
  title: "an admin reads the id of a member's session in the audit log",
  tryOn: async (server) => {
    const { person, found } = await sessionsInLog(server, 1);
    return found.includes(person.sessionId);
  },
};

const followsSession: Attack = {
  title: "admins of two workspaces recognise the same session",
  tryOn: async (server) => {
    const { found } = await sessionsInLog(server, 2);
    return found[0] === found[1];
  },
};

const tokensFile = "apps/api/src/identity/tokens/tokens.ts";
const formsFile = "apps/api/src/identity/tokens/token-forms.ts";

export const tokens: readonly Mutant[] = [
  {
    removed: [
      guard("the check of a token is compared", tokensFile, [
        "const isRight = check !== null && timingSafeEqual(check, bytes.subarray(bodyBytes + CODE_BYTES));",
        "const isRight = check !== null;",
      ]),
    ],
    succeeds: [wrongCheck, forgedTokenQuery],
  },
  {
    removed: [
      guard("a token with a wrong check causes no database query", formsFile, [
        'return token.isIssued(keys) ? "issued" : "forged";',
        'return token.isIssued(keys) ? "issued" : "unknown";',
      ]),
    ],
    succeeds: [forgedTokenQuery],
    stillBlocked: [wrongCheck],
  },
  {
    removed: [
      guard("tokens without a check are accepted only until the last one has expired", formsFile, [
        "sinceChange() < PLAIN_ACCEPTED_SECONDS[kind]",
        "sinceChange() <= Number.POSITIVE_INFINITY || kind === undefined",
      ]),
    ],
    succeeds: [plainTokenTooLate],
  },
  {
    removed: [
      guard("a refused credential counts against the limit", "apps/api/src/rpc/checks/refuse-credential.ts", [
        "await refusedCredentials.count({ address: ctx.device.ip, sessionId })",
        "sessionId && (await refusedCredentials.count({ address: ctx.device.ip, sessionId }))",
      ]),
    ],
    succeeds: [unlimitedGuesses, unknownKeyAboveLimit],
  },
  {
    removed: [
      guard("a network above its limit can use only known service keys", "apps/api/src/rpc/context.ts", [
        'if (retryAfterSeconds !== null) throw new Failure("limit.exceeded", { retryAfterSeconds });',
        "",
      ]),
    ],
    succeeds: [unknownKeyAboveLimit],
    stillBlocked: [unlimitedGuesses],
  },
  {
    removed: [
      guard("the audit log contains a pseudonym instead of the session id", "apps/api/src/rpc/audit.ts", [
        "? sessionPseudonym(services.keys, { workspaceId, sessionId: caller.session.id })",
        "? caller.session.id || sessionPseudonym(services.keys, { workspaceId, sessionId: caller.session.id })",
      ]),
    ],
    succeeds: [seesSession, followsSession],
  },
  {
    removed: [
      guard(
        "the pseudonym of a session differs between workspaces",
        "apps/api/src/identity/sessions/session-pseudonym.ts",
        ["`${workspaceId} ${sessionId}`", "sessionId.slice(workspaceId.length - 36)"],
      ),
    ],
    succeeds: [followsSession],
    stillBlocked: [seesSession],
  },
];
