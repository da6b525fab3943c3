// Mutants of the session checks: the genuineness, the expiry and the generation of tokens, and the owner of a session.
import { setTimeout as delay } from "node:timers/promises";
import { formatAccessToken, formatRefreshToken } from "../../../../src/identity/tokens/tokens.ts";
import {
  call,
  expiredAccessToken,
  foundWorkspace,
  type Person,
  type TestServer,
} from "../../../kit/index.ts";
import { as, rowExists, newUser, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant, type SchemaGuard, type SourceGuard } from "../../mutant.ts";

interface Row extends Record<string, unknown> {
  salt: Uint8Array;
  now: number;
}

/** Creates a user with a session, and updates the row of the session with the assignments in `set`. */
async function sessionOf(server: TestServer, set = "last_used_at = now()") {
  const person = await newUser(server);
  const [row] = await server.database.owner<Row>(
    `UPDATE sessions SET ${set} WHERE id = $1 RETURNING salt, extract(epoch FROM now())::integer AS now`,
    [person.sessionId],
  );
  if (!row) throw new Error("There is no such session.");
  const { salt, now } = row;
  const { sessionId } = person;
  const access = (generation: number, seconds = 600) =>
    formatAccessToken(server.keys, salt, { sessionId, generation, expiresAtSeconds: now + seconds });
  const refresh = (generation: number) =>
    call(server.url, "auth.refresh", {
      input: { refreshToken: formatRefreshToken(server.keys, salt, { sessionId, generation }) },
    });
  const sessionExists = () => rowExists(server, "SELECT FROM sessions WHERE id = $1", [sessionId]);
  return { person, access, refresh, sessionExists };
}

const isAccepted = async (server: TestServer, token: string): Promise<boolean> =>
  succeeded(await as(server, token)("auth.me"));

/** Creates the token that an attacker with the server's keys, but without the session's salt, could create. */
function tokenWithWrongSalt(server: TestServer, sessionId: string): string {
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + 600;
  return formatAccessToken(server.keys, Buffer.alloc(32, 7), { sessionId, generation: 1, expiresAtSeconds });
}

const wrongSalt: Attack = {
  title: "the server accepts an access token made with its key and another salt",
  tryOn: async (server) =>
    isAccepted(server, tokenWithWrongSalt(server, (await sessionOf(server)).person.sessionId)),
};

/** Reads a task with another token of the user's session. The server prefetches the task while it authenticates the caller. */
const readsTask = (
  title: string,
  tokenOf: (of: {
    server: TestServer;
    person: Person;
    access: (generation: number) => string;
  }) => Promise<string> | string,
  set?: string,
): Attack => ({
  title,
  tryOn: async (server) => {
    const { person, access } = await sessionOf(server);
    const id = await foundWorkspace(person);
    const project = await person.call("projects.create", { name: "Notes" }, id);
    const input = { projectId: String(project.data.id), title: "Note" };
    const { data } = await person.call("tasks.create", input, id);
    await server.database.owner(`UPDATE sessions SET ${set ?? "last_used_at = now()"} WHERE id = $1`, [
      person.sessionId,
    ]);
    const token = await tokenOf({ server, person, access });
    return (await as(server, token)("tasks.get", { id: String(data.id) }, id)).text.includes("Note");
  },
});

const wrongSaltReads = readsTask(
  "the server returns a task for a token made with its key and another salt",
  ({ server, person }) => tokenWithWrongSalt(server, person.sessionId),
);
const expiredReads = readsTask(
  "the server returns a task for an expired access token",
  ({ server, person }) => expiredAccessToken(server, person.sessionId),
  "rotated_at = now() - interval '1 hour'",
);
const futureGenerationReads = readsTask(
  "the server returns a task for a token of a future generation",
  ({ access }) => access(2),
);

const nonCanonical: Attack = {
  title: "the server accepts an access token in a non-canonical encoding",
  tryOn: async (server) => isAccepted(server, `${(await sessionOf(server)).access(1)}==`),
};

const expired: Attack = {
  title: "the server accepts an expired access token",
  tryOn: async (server) => {
    const { person } = await sessionOf(server, "rotated_at = now() - interval '1 hour'");
    return isAccepted(server, await expiredAccessToken(server, person.sessionId));
  },
};

const futureGeneration: Attack = {
  title: "the server accepts an access token of a future generation",
  tryOn: async (server) => isAccepted(server, (await sessionOf(server)).access(2)),
};

const lostReply: Attack = {
  title: "the server accepts the access token of a lost reply",
  tryOn: async (server) => isAccepted(server, (await sessionOf(server, "rotated_at = now()")).access(1, 500)),
};

// Not yet expired, because the server removes expired sessions when it starts.
const EXPIRING = "expires_at = now() + interval '100 milliseconds'";

/** The server may remove an expired session before its token is used. Then another session is tried. */
const withExpired = (title: string, attempt: (server: TestServer) => Promise<boolean>): Attack => ({
  title,
  tryOn: async (server) => {
    for (let tries = 0; tries < 5; tries += 1) if (await attempt(server)) return true;
    return false;
  },
});

const idleAccess = withExpired(
  "the server accepts an access token of an idle session that has expired",
  async (server) => {
    const { access } = await sessionOf(server, EXPIRING);
    await delay(150);
    return isAccepted(server, access(1));
  },
);

const idleRefresh = withExpired(
  "the server accepts a refresh token of an idle session that has expired",
  async (server) => {
    const { refresh } = await sessionOf(server, EXPIRING);
    await delay(150);
    return succeeded(await refresh(1));
  },
);

const NEAR_END = "expires_at = now() + interval '1 hour', absolute_expires_at = now() + interval '2 hours'";
const isOverdue = (server: TestServer, sessionId: string) =>
  rowExists(server, "SELECT FROM sessions WHERE id = $1 AND expires_at > absolute_expires_at", [sessionId]);

const useBeyondExpiry: Attack = {
  title: "use extends a session beyond its absolute expiry",
  tryOn: async (server) => {
    const { access, person } = await sessionOf(server, NEAR_END);
    await isAccepted(server, access(1));
    return isOverdue(server, person.sessionId);
  },
};

const refreshBeyondExpiry: Attack = {
  title: "a refresh extends a session beyond its absolute expiry",
  tryOn: async (server) => {
    const { refresh, person } = await sessionOf(server, NEAR_END);
    await refresh(1);
    return isOverdue(server, person.sessionId);
  },
};

const oldReplay: Attack = {
  title: "the server returns tokens for a refresh token two generations old",
  tryOn: async (server) => succeeded(await (await sessionOf(server, "generation = 3")).refresh(1)),
};

const survivesReplay: Attack = {
  title: "a session continues after the use of an old refresh token",
  tryOn: async (server) => {
    const { refresh, sessionExists } = await sessionOf(server, "generation = 3");
    await refresh(1);
    return sessionExists();
  },
};

const survivesLateReplay: Attack = {
  title: "a session continues after the previous refresh token is used one minute after its successor",
  tryOn: async (server) => {
    const { refresh, sessionExists } = await sessionOf(
      server,
      "generation = 2, confirmed = true, rotated_at = now() - interval '1 minute'",
    );
    await refresh(1);
    return sessionExists();
  },
};

const refreshFutureGeneration: Attack = {
  title: "the server accepts a refresh token of a future generation",
  tryOn: async (server) => succeeded(await (await sessionOf(server)).refresh(2)),
};

const endsForeignSession: Attack = {
  title: "a user ends the session of another user",
  tryOn: async (server) => {
    const { person, sessionExists } = await sessionOf(server);
    await (await newUser(server)).call("sessions.revoke", { id: person.sessionId });
    return !(await sessionExists());
  },
};

const listsForeignSessions: Attack = {
  title: "a user lists the sessions of other users",
  tryOn: async (server) => {
    await newUser(server);
    const { data } = await (await newUser(server)).call("sessions.list");
    return data.items.length > 1;
  },
};

const tokensFile = "apps/api/src/identity/tokens/tokens.ts";
const adapterFile = "apps/api/src/identity/sessions/lucia-adapter.ts";
const ruleFile = "apps/api/src/identity/sessions/refresh-rule.ts";
const sessionsFile = "apps/api/src/identity/sessions/sessions.ts";
const storeFile = "packages/db/src/people/sessions.ts";

const expiryOnRead: SourceGuard = {
  title: "a refresh rejects an expired session",
  file: sessionsFile,
  text: "if (!record || record.session.expiresAt <= record.databaseNow)",
  replacement: "if (!record)",
};
const expiryOnWrite: SourceGuard = {
  title: "the UPDATE of a refresh excludes expired sessions",
  file: storeFile,
  text: "WHERE id = $1 AND generation = $2 AND expires_at > now()`;\n\nconst RENEW",
  replacement: "WHERE id = $1 AND generation = $2`;\n\nconst RENEW",
};

const tokenExpiry = guard("an expired access token is rejected", adapterFile, [
  "if (expired || generation >",
  "if (generation >",
]);
const noPrefetch: SchemaGuard = {
  title: "projo_session_prefetching prefetches nothing for an expired access token",
  sql: `DO $$ BEGIN EXECUTE replace(pg_get_functiondef('projo_session_prefetching'::regproc),
          'AND the_token_ends > extract(epoch FROM database_now)', ''); END $$`,
};

export const sessions: readonly Mutant[] = [
  {
    removed: [
      guard("the salted code of a token is compared", tokensFile, [
        "return right !== null && timingSafeEqual(right, code);",
        "return right !== null;",
      ]),
    ],
    succeeds: [wrongSalt, wrongSaltReads],
    stillBlocked: [expired, expiredReads, futureGeneration, futureGenerationReads],
  },
  {
    removed: [
      guard("a token in a non-canonical encoding is rejected", tokensFile, [
        ' || bytes.toString("base64url") !== text',
        "",
      ]),
    ],
    succeeds: [nonCanonical],
  },
  {
    removed: [tokenExpiry],
    succeeds: [expired],
    stillBlocked: [expiredReads, futureGeneration, wrongSaltReads],
  },
  {
    removed: [noPrefetch],
    succeeds: [],
    stillBlocked: [expiredReads],
  },
  {
    removed: [tokenExpiry, noPrefetch],
    succeeds: [expiredReads],
    stillBlocked: [futureGenerationReads, wrongSaltReads],
  },
  {
    removed: [
      guard("an access token of a future generation is rejected", adapterFile, [
        "if (expired || generation > record.session.generation)",
        "if (expired)",
      ]),
    ],
    succeeds: [futureGeneration, futureGenerationReads],
    stillBlocked: [expired],
  },
  {
    removed: [
      guard("an access token of a lost reply is rejected", adapterFile, [
        "if (belongsToLostReply(madeAtSeconds, record.session.rotatedAt.getTime() / 1000)) return [null, null];",
        "",
      ]),
    ],
    succeeds: [lostReply],
  },
  {
    removed: [
      guard("an idle session expires", adapterFile, [
        "new Date(Date.now() + left)",
        "new Date(Date.now() + 1e9)",
      ]),
    ],
    succeeds: [idleAccess],
  },
  { removed: [expiryOnRead], succeeds: [], stillBlocked: [idleRefresh] },
  { removed: [expiryOnWrite], succeeds: [], stillBlocked: [idleRefresh] },
  { removed: [expiryOnRead, expiryOnWrite], succeeds: [idleRefresh] },
  {
    removed: [
      guard("use extends a session up to its absolute expiry", storeFile, [
        'SET expires_at = least(now() + ${seconds("$2")}, absolute_expires_at)',
        'SET expires_at = now() + ${seconds("$2")}',
      ]),
    ],
    succeeds: [useBeyondExpiry],
    stillBlocked: [refreshBeyondExpiry],
  },
  {
    removed: [
      guard("a refresh extends a session up to its absolute expiry", storeFile, [
        'expires_at = least(now() + ${seconds("$3")}, absolute_expires_at)',
        'expires_at = now() + ${seconds("$3")}',
      ]),
    ],
    succeeds: [refreshBeyondExpiry],
    stillBlocked: [useBeyondExpiry],
  },
  {
    removed: [guard("an old refresh token is rejected", ruleFile, ['if (behind > 1) return "revoke";', ""])],
    succeeds: [oldReplay, survivesReplay],
  },
  {
    removed: [
      guard("an old refresh token ends the session", sessionsFile, [
        "await store.end(sessionId, reuse);",
        "",
      ]),
    ],
    succeeds: [survivesReplay, survivesLateReplay],
    stillBlocked: [oldReplay],
  },
  {
    removed: [
      guard("a refresh token whose successor was used ends the session", ruleFile, [
        "if (state.confirmed)",
        "if (false)",
      ]),
    ],
    succeeds: [survivesLateReplay],
    stillBlocked: [survivesReplay],
  },
  {
    removed: [
      guard("a refresh token of a future generation is rejected", ruleFile, [
        'if (behind < 0) return "ahead";',
        "",
      ]),
    ],
    succeeds: [refreshFutureGeneration],
  },
  {
    removed: [
      guard("a user can end only their own sessions", "apps/api/src/features/sessions/revoke-session.ts", [
        "where: { id, userId: user.id }",
        "where: { id }",
      ]),
    ],
    succeeds: [endsForeignSession],
  },
  {
    removed: [
      guard("a user sees only their own sessions", "apps/api/src/features/sessions/list-sessions.ts", [
        "      userId: user.id,\n",
        "",
      ]),
    ],
    succeeds: [listsForeignSessions],
  },
];
