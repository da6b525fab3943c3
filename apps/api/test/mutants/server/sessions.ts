// Sessions: what a token is worth, how long, and to whom.
import { setTimeout as passed } from "node:timers/promises";
import { formatAccessToken, formatRefreshToken } from "../../../src/identity/tokens/tokens.ts";
import { call, expiredAccessToken, foundWorkspace, type Person, type TestServer } from "../../kit/index.ts";
import { as, exists, stranger, worked } from "../attackers.ts";
import { guard, type Attack, type Mutant, type SchemaGuard, type SourceGuard } from "../mutant.ts";

interface Row extends Record<string, unknown> {
  salt: Uint8Array;
  now: number;
}

/** A session of somebody's, and its row as a test changes it. */
async function sessionOf(server: TestServer, change = "last_used_at = now()") {
  const person = await stranger(server);
  const [row] = await server.database.owner<Row>(
    `UPDATE sessions SET ${change} WHERE id = $1 RETURNING salt, extract(epoch FROM now())::integer AS now`,
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
  const stands = () => exists(server, "SELECT FROM sessions WHERE id = $1", [sessionId]);
  return { person, access, refresh, stands };
}

const lets = async (server: TestServer, token: string): Promise<boolean> =>
  worked(await as(server, token)("auth.me"));

/** The token that somebody makes who has the server's keys and not the session's salt. */
function withoutSalt(server: TestServer, sessionId: string): string {
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + 600;
  return formatAccessToken(server.keys, Buffer.alloc(32, 7), { sessionId, generation: 1, expiresAtSeconds });
}

const forged: Attack = {
  says: "an access token made with the server's key and without the session's salt",
  tryOn: async (server) => lets(server, withoutSalt(server, (await sessionOf(server)).person.sessionId)),
};

/** The person's task, read by another token of their session, which is asked in one trip with who asks. */
const readsTask = (
  says: string,
  tokenOf: (of: {
    server: TestServer;
    person: Person;
    access: (generation: number) => string;
  }) => Promise<string> | string,
  change?: string,
): Attack => ({
  says,
  tryOn: async (server) => {
    const { person, access } = await sessionOf(server);
    const id = await foundWorkspace(person);
    const project = await person.call("projects.create", { name: "Notes" }, id);
    const input = { projectId: String(project.data.id), title: "Note" };
    const { data } = await person.call("tasks.create", input, id);
    await server.database.owner(`UPDATE sessions SET ${change ?? "last_used_at = now()"} WHERE id = $1`, [
      person.sessionId,
    ]);
    const token = await tokenOf({ server, person, access });
    return (await as(server, token)("tasks.get", { id: String(data.id) }, id)).text.includes("Note");
  },
});

const forgedReads = readsTask(
  "a task is read by a token made with the server's key and without the session's salt",
  ({ server, person }) => withoutSalt(server, person.sessionId),
);
const expiredReads = readsTask(
  "a task is read by a token that has expired",
  ({ server, person }) => expiredAccessToken(server, person.sessionId),
  "rotated_at = now() - interval '1 hour'",
);
const aheadReads = readsTask(
  "a task is read by a token of a generation that is not there yet",
  ({ access }) => access(2),
);

const respelled: Attack = {
  says: "an access token in another spelling",
  tryOn: async (server) => lets(server, `${(await sessionOf(server)).access(1)}==`),
};

const expired: Attack = {
  says: "an access token that has expired",
  tryOn: async (server) => {
    const { person } = await sessionOf(server, "rotated_at = now() - interval '1 hour'");
    return lets(server, await expiredAccessToken(server, person.sessionId));
  },
};

const ahead: Attack = {
  says: "an access token of a generation that is not there yet",
  tryOn: async (server) => lets(server, (await sessionOf(server)).access(2)),
};

const lostReply: Attack = {
  says: "an access token that came with a reply that was lost",
  tryOn: async (server) => lets(server, (await sessionOf(server, "rotated_at = now()")).access(1, 500)),
};

// Not ended yet: what has ended a server removes when it starts, which it did a moment ago.
const ENDING = "expires_at = now() + interval '100 milliseconds'";

const idle: Attack = {
  says: "an access token of a session that nobody used for too long",
  tryOn: async (server) => {
    const { access } = await sessionOf(server, ENDING);
    await passed(150);
    return lets(server, access(1));
  },
};

const idleRefresh: Attack = {
  says: "a refresh token of a session that nobody used for too long",
  tryOn: async (server) => {
    const { refresh } = await sessionOf(server, ENDING);
    await passed(150);
    return worked(await refresh(1));
  },
};

const SHORT = "expires_at = now() + interval '1 hour', absolute_expires_at = now() + interval '2 hours'";
const isOverdue = (server: TestServer, sessionId: string) =>
  exists(server, "SELECT FROM sessions WHERE id = $1 AND expires_at > absolute_expires_at", [sessionId]);

const slidesOn: Attack = {
  says: "a session that is used outlives its absolute end",
  tryOn: async (server) => {
    const { access, person } = await sessionOf(server, SHORT);
    await lets(server, access(1));
    return isOverdue(server, person.sessionId);
  },
};

const refreshedOn: Attack = {
  says: "a session that is refreshed outlives its absolute end",
  tryOn: async (server) => {
    const { refresh, person } = await sessionOf(server, SHORT);
    await refresh(1);
    return isOverdue(server, person.sessionId);
  },
};

const oldReplay: Attack = {
  says: "a refresh token two steps old is given tokens",
  tryOn: async (server) => worked(await (await sessionOf(server, "generation = 3")).refresh(1)),
};

const survivesReplay: Attack = {
  says: "a session stands after an old refresh token was used",
  tryOn: async (server) => {
    const { refresh, stands } = await sessionOf(server, "generation = 3");
    await refresh(1);
    return stands();
  },
};

const survivesLateReplay: Attack = {
  says: "a session stands after a token was used whose successor was used, a minute later",
  tryOn: async (server) => {
    const { refresh, stands } = await sessionOf(
      server,
      "generation = 2, confirmed = true, rotated_at = now() - interval '1 minute'",
    );
    await refresh(1);
    return stands();
  },
};

const refreshAhead: Attack = {
  says: "a refresh token of a generation that is not there yet",
  tryOn: async (server) => worked(await (await sessionOf(server)).refresh(2)),
};

const endsAnothers: Attack = {
  says: "somebody ends a session of another person",
  tryOn: async (server) => {
    const { person, stands } = await sessionOf(server);
    await (await stranger(server)).call("sessions.revoke", { id: person.sessionId });
    return !(await stands());
  },
};

const seesAnothers: Attack = {
  says: "somebody sees the sessions of others",
  tryOn: async (server) => {
    await stranger(server);
    const { data } = await (await stranger(server)).call("sessions.list");
    return data.items.length > 1;
  },
};

const tokens = "apps/api/src/identity/tokens/tokens.ts";
const adapter = "apps/api/src/identity/sessions/lucia-adapter.ts";
const rule = "apps/api/src/identity/sessions/refresh-rule.ts";
const sessionsFile = "apps/api/src/identity/sessions/sessions.ts";
const store = "packages/db/src/people/sessions.ts";

const readEnd: SourceGuard = {
  says: "a session that has ended is not refreshed",
  file: sessionsFile,
  guard: "if (!record || record.session.expiresAt <= record.databaseNow)",
  without: "if (!record)",
};
const writtenEnd: SourceGuard = {
  says: "the statement that moves a session on moves none that has ended",
  file: store,
  guard: "WHERE id = $1 AND generation = $2 AND expires_at > now()`;\n\nconst RENEW",
  without: "WHERE id = $1 AND generation = $2`;\n\nconst RENEW",
};

const tokenExpires = guard("an access token expires", adapter, [
  "if (expired || generation >",
  "if (generation >",
]);
const notPrefetched: SchemaGuard = {
  says: "nothing is prefetched for an access token that has expired (projo_session_prefetching)",
  sql: `DO $$ BEGIN EXECUTE replace(pg_get_functiondef('projo_session_prefetching'::regproc),
          'AND the_token_ends > extract(epoch FROM database_now)', ''); END $$`,
};

export const sessions: readonly Mutant[] = [
  {
    without: [
      guard("a token's salted code is compared", tokens, [
        "return right !== null && timingSafeEqual(right, code);",
        "return right !== null;",
      ]),
    ],
    works: [forged, forgedReads],
    refused: [expired, expiredReads, ahead, aheadReads],
  },
  {
    without: [guard("a token is its one spelling", tokens, [' || bytes.toString("base64url") !== text', ""])],
    works: [respelled],
  },
  {
    without: [tokenExpires],
    works: [expired],
    refused: [expiredReads, ahead, forgedReads],
  },
  {
    without: [notPrefetched],
    works: [],
    refused: [expiredReads],
  },
  {
    without: [tokenExpires, notPrefetched],
    works: [expiredReads],
    refused: [aheadReads, forgedReads],
  },
  {
    without: [
      guard("a generation ahead of its session is refused", adapter, [
        "if (expired || generation > record.session.generation)",
        "if (expired)",
      ]),
    ],
    works: [ahead, aheadReads],
    refused: [expired],
  },
  {
    without: [
      guard("what came with a lost reply is void", adapter, [
        "if (belongsToLostReply(madeAtSeconds, record.session.rotatedAt.getTime() / 1000)) return [null, null];",
        "",
      ]),
    ],
    works: [lostReply],
  },
  {
    without: [
      guard("an idle session ends", adapter, ["new Date(Date.now() + left)", "new Date(Date.now() + 1e9)"]),
    ],
    works: [idle],
  },
  { without: [readEnd], works: [], refused: [idleRefresh] },
  { without: [writtenEnd], works: [], refused: [idleRefresh] },
  { without: [readEnd, writtenEnd], works: [idleRefresh] },
  {
    without: [
      guard("use prolongs a session up to its absolute end", store, [
        'SET expires_at = least(now() + ${seconds("$2")}, absolute_expires_at)',
        'SET expires_at = now() + ${seconds("$2")}',
      ]),
    ],
    works: [slidesOn],
    refused: [refreshedOn],
  },
  {
    without: [
      guard("a refresh prolongs a session up to its absolute end", store, [
        'expires_at = least(now() + ${seconds("$3")}, absolute_expires_at)',
        'expires_at = now() + ${seconds("$3")}',
      ]),
    ],
    works: [refreshedOn],
    refused: [slidesOn],
  },
  {
    without: [guard("an old refresh token gives nothing", rule, ['if (behind > 1) return "revoke";', ""])],
    works: [oldReplay, survivesReplay],
  },
  {
    without: [
      guard("an old refresh token ends the session", sessionsFile, [
        "await store.end(sessionId, reuse);",
        "",
      ]),
    ],
    works: [survivesReplay, survivesLateReplay],
    refused: [oldReplay],
  },
  {
    without: [
      guard("a token whose successor was used ends the session", rule, [
        "if (state.confirmed)",
        "if (false)",
      ]),
    ],
    works: [survivesLateReplay],
    refused: [survivesReplay],
  },
  {
    without: [
      guard("a refresh token ahead of its session is refused", rule, ['if (behind < 0) return "ahead";', ""]),
    ],
    works: [refreshAhead],
  },
  {
    without: [
      guard("a person ends their own sessions alone", "apps/api/src/features/sessions/revoke-session.ts", [
        "where: { id, userId: user.id }",
        "where: { id }",
      ]),
    ],
    works: [endsAnothers],
  },
  {
    without: [
      guard("a person sees their own sessions alone", "apps/api/src/features/sessions/list-sessions.ts", [
        "      userId: user.id,\n",
        "",
      ]),
    ],
    works: [seesAnothers],
  },
];
