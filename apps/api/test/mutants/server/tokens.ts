// Tokens before the database is asked: what nobody learns without a genuine one, and what a network may try.
import { systemRandomness } from "../../../src/runtime/randomness.ts";
import { formatAccessToken, type TokenForm } from "../../../src/identity/tokens/tokens.ts";
import { join, type TestServer } from "../../kit/index.ts";
import { as, keyOf, stranger, team, worked } from "../attackers.ts";
import { guard, type Attack, type Mutant } from "../mutant.ts";

interface Row extends Record<string, unknown> {
  salt: Uint8Array;
  now: number;
}

/** Somebody's access token, in a form. */
async function tokenOf(server: TestServer, form: TokenForm = "checked"): Promise<string> {
  const { sessionId } = await stranger(server);
  const [row] = await server.database.owner<Row>(
    "SELECT salt, extract(epoch FROM now())::integer AS now FROM sessions WHERE id = $1",
    [sessionId],
  );
  if (!row) throw new Error("There is no such session.");
  const claims = { sessionId, generation: 1, expiresAtSeconds: row.now + 600 };
  return formatAccessToken(server.keys, row.salt, claims, form);
}

/** The token with another check. */
async function withWrongCheck(server: TestServer): Promise<string> {
  const bytes = Buffer.from((await tokenOf(server)).slice(4), "base64url");
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  return `pja_${bytes.toString("base64url")}`;
}

const wrongCheck: Attack = {
  says: "an access token with a made-up check",
  tryOn: async (server) => worked(await as(server, await withWrongCheck(server))("auth.me")),
};

const asksDatabase: Attack = {
  says: "the database is asked about a token that the server did not make",
  tryOn: async (server) => {
    const token = await withWrongCheck(server);
    // With its table out of reach, whoever asks about a session is not told that they are nobody.
    await server.database.owner("ALTER TABLE sessions RENAME TO sessions_elsewhere");
    try {
      return (await as(server, token)("auth.me")).status !== 401;
    } finally {
      await server.database.owner("ALTER TABLE sessions_elsewhere RENAME TO sessions");
    }
  },
};

const plainForEver: Attack = {
  says: "an access token without a check, where none can be left",
  tryOn: async (server) => worked(await as(server, await tokenOf(server, "plain"))("auth.me")),
};

/** From an address of its own, so that no other attack meets the limit. */
const addressOf = () => `203.0.113.${1 + ((systemRandomness.bytes(1)[0] ?? 0) % 250)}`;
const MOST = 600;

async function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "done",
    (error: unknown) => String((error as { reason?: unknown }).reason),
  );
}

async function useUp(server: TestServer, ip: string): Promise<string> {
  const guess = `pja_${systemRandomness.bytes(72).toString("base64url")}`;
  let last = "";
  for (let times = 0; times <= MOST; times += 1)
    last = await reasonOf(server.callAs({ token: guess, device: { ip } }).auth.me());
  return last;
}

const guessesOn: Attack = {
  says: "a network tries 601 tokens in a minute and may go on",
  tryOn: async (server) => (await useUp(server, addressOf())) === "auth.unauthenticated",
};

const keyBeyond: Attack = {
  says: "a key that never worked there is looked up for a network past its limit",
  tryOn: async (server) => {
    const ip = `198.51.100.${1 + ((systemRandomness.bytes(1)[0] ?? 0) % 250)}`;
    const here = await team(server);
    const { token } = await keyOf(server, here, { role: "viewer", scopes: ["project:read"] });
    await useUp(server, ip);
    return (await reasonOf(server.callAs({ token, device: { ip } }).projects.list({ limit: 20 }))) === "done";
  },
};

/** The sessions that an admin finds in the log of a workspace in which somebody tried what they may not. */
async function sessionsInLog(server: TestServer, places: number) {
  const person = await stranger(server);
  const found: string[] = [];
  for (let place = 0; place < places; place += 1) {
    const { admin, id } = await team(server);
    await join(server, id, person, "viewer");
    await person.call("audit.list", {}, id);
    const { data } = await admin.call("audit.list", { action: "access.denied" }, id);
    found.push(String((data.items as { sessionId: string }[])[0]?.sessionId));
  }
  return { person, found };
}

const seesSession: Attack = {
  says: "an admin learns the id of a member's session",
  tryOn: async (server) => {
    const { person, found } = await sessionsInLog(server, 1);
    return found.includes(person.sessionId);
  },
};

const followsSession: Attack = {
  says: "admins of two workspaces tell that one session was in both",
  tryOn: async (server) => {
    const { found } = await sessionsInLog(server, 2);
    return found[0] === found[1];
  },
};

const tokensFile = "apps/api/src/identity/tokens/tokens.ts";
const forms = "apps/api/src/identity/tokens/token-forms.ts";

export const tokens: readonly Mutant[] = [
  {
    without: [
      guard("a token's check is compared", tokensFile, [
        "const isRight = check !== null && timingSafeEqual(check, bytes.subarray(bodyBytes + CODE_BYTES));",
        "const isRight = check !== null;",
      ]),
    ],
    works: [wrongCheck, asksDatabase],
  },
  {
    without: [
      guard("a token with a wrong check is not asked about", forms, [
        'return token.isIssued(keys) ? "issued" : "forged";',
        'return token.isIssued(keys) ? "issued" : "unknown";',
      ]),
    ],
    works: [asksDatabase],
    refused: [wrongCheck],
  },
  {
    without: [
      guard("tokens without a check are accepted only as long as one can exist", forms, [
        "sinceChange() < PLAIN_ACCEPTED_SECONDS[kind]",
        "sinceChange() <= Number.POSITIVE_INFINITY || kind === undefined",
      ]),
    ],
    works: [plainForEver],
  },
  {
    without: [
      guard("a refused credential is counted", "apps/api/src/rpc/checks/refuse-credential.ts", [
        "await refusedCredentials.count({ address: ctx.device.ip, sessionId })",
        "sessionId && (await refusedCredentials.count({ address: ctx.device.ip, sessionId }))",
      ]),
    ],
    works: [guessesOn, keyBeyond],
  },
  {
    without: [
      guard("a network past its limit uses no key that is unknown there", "apps/api/src/rpc/context.ts", [
        'if (retryAfterSeconds !== null) throw new Failure("limit.exceeded", { retryAfterSeconds });',
        "",
      ]),
    ],
    works: [keyBeyond],
    refused: [guessesOn],
  },
  {
    without: [
      guard("a workspace's log has a pseudonym of the session", "apps/api/src/rpc/audit.ts", [
        "? sessionPseudonym(services.keys, { workspaceId, sessionId: caller.session.id })",
        "? caller.session.id || sessionPseudonym(services.keys, { workspaceId, sessionId: caller.session.id })",
      ]),
    ],
    works: [seesSession, followsSession],
  },
  {
    without: [
      guard(
        "a session's pseudonym is its workspace's",
        "apps/api/src/identity/sessions/session-pseudonym.ts",
        ["`${workspaceId} ${sessionId}`", "sessionId.slice(workspaceId.length - 36)"],
      ),
    ],
    works: [followsSession],
    refused: [seesSession],
  },
];
