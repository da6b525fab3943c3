// Mutants of the checks of cookie sessions: their tokens, their mode, and the replacement of their cookies.
import { formatAccessToken, formatCookieToken } from "../../../../src/identity/tokens/tokens.ts";
import { ACCESS_SECONDS } from "../../../../src/identity/tokens/session-lifetime.ts";
import { COOKIE, newCookieHolder, passTime } from "../../../cookies/holder.ts";
import { call, plantWorkspace, type TestServer } from "../../../kit/index.ts";
import { newUser, rowExists, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant, type SchemaGuard } from "../../mutant.ts";

const ruleFile = "apps/api/src/identity/sessions/cookie-rule.ts";
const adapterFile = "apps/api/src/identity/sessions/cookie-adapter.ts";
const tokensFile = "apps/api/src/identity/tokens/tokens.ts";

const DAY = 24 * 60 * 60;
const mode = { "x-session": "cookie" };

/** Calls `auth.me` with a cookie of this value. */
const meByCookie = async (server: TestServer, token: string): Promise<boolean> =>
  succeeded(await call(server.url, "auth.me", { headers: { ...mode, cookie: `${COOKIE}=${token}` } }));

const cookieOfBearer: Attack = {
  title: "a bearer session is used with a cookie",
  tryOn: async (server) => {
    const { sessionId } = await newUser(server);
    const [row] = await server.database.owner<{ salt: Uint8Array }>(
      "SELECT salt FROM sessions WHERE id = $1",
      [sessionId],
    );
    if (!row) throw new Error("There is no such session.");
    return meByCookie(server, formatCookieToken(server.keys, row.salt, { sessionId, generation: 1 }));
  },
};

/** Makes an access token of a cookie session. */
async function accessOf(server: TestServer) {
  const { person, sessionId, salt } = await newCookieHolder(server);
  // A token that seems older than the generation belongs to an answer that was lost, and is refused.
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + 2 * ACCESS_SECONDS;
  const token = formatAccessToken(server.keys, salt, { sessionId, generation: 1, expiresAtSeconds });
  return { person, token };
}

const bearerOfCookie: Attack = {
  title: "a cookie session is used with an access token",
  tryOn: async (server) =>
    succeeded(await call(server.url, "auth.me", { token: (await accessOf(server)).token })),
};

const bearerOfCookieReads: Attack = {
  title: "a cookie session reads a list with an access token",
  tryOn: async (server) => {
    const { person, token } = await accessOf(server);
    const workspaceId = await plantWorkspace(server, person);
    return succeeded(await call(server.url, "tasks.list", { token, workspaceId, input: {} }));
  },
};

const cookieAsBearer: Attack = {
  title: "the token of a cookie is accepted as a bearer token",
  tryOn: async (server) =>
    succeeded(await call(server.url, "auth.me", { token: (await newCookieHolder(server)).token(1) })),
};

const wrongSalt: Attack = {
  title: "a cookie made with the server's key and another salt is accepted",
  tryOn: async (server) => {
    const { sessionId } = await newCookieHolder(server);
    const claims = { sessionId, generation: 1 };
    return meByCookie(server, formatCookieToken(server.keys, Buffer.alloc(32, 7), claims));
  },
};

const future: Attack = {
  title: "a cookie of a future generation is accepted",
  tryOn: async (server) => meByCookie(server, (await newCookieHolder(server)).token(2)),
};

/** A session whose second cookie was used, so that the first one is a copy. */
async function replaced(server: TestServer) {
  const holder = await newCookieHolder(server);
  await passTime(server, holder.sessionId, DAY);
  await holder.browser(1).call("auth.me");
  await passTime(server, holder.sessionId, 600);
  await holder.browser(2).call("auth.me");
  await passTime(server, holder.sessionId, 600);
  return holder;
}

const oldCookie: Attack = {
  title: "a thief uses a copied cookie after the owner has used its successor",
  tryOn: async (server) => meByCookie(server, (await replaced(server)).token(1)),
};

const thiefStays: Attack = {
  title: "a thief with the successor stays signed in after the owner sent the old cookie",
  tryOn: async (server) => {
    const { token } = await replaced(server);
    await meByCookie(server, token(1));
    return meByCookie(server, token(2));
  },
};

const ancient: Attack = {
  title: "a cookie from two replacements ago leaves its session running",
  tryOn: async (server) => {
    const { sessionId, token, browser } = await replaced(server);
    await passTime(server, sessionId, DAY);
    await browser(2).call("auth.me");
    await meByCookie(server, token(1));
    return rowExists(server, "SELECT FROM sessions WHERE id = $1", [sessionId]);
  },
};

const withoutMode = (functionName: string, name: "bearer" | "cookie"): SchemaGuard => ({
  title: `${functionName} finds ${name} sessions alone`,
  sql: `DO $$ BEGIN EXECUTE replace(pg_get_functiondef('${functionName}'::regproc),
          ' AND s.mode = ''${name}''', ''); END $$`,
});
const cookieLookup = withoutMode("projo_cookie_session", "cookie");
const bearerLookup = withoutMode("projo_session", "bearer");
const ownPrefix = guard("an access token has a prefix of its own", tokensFile, [
  "  if (!parsed) return null;\n  const expiresAtSeconds",
  `  const cookie = parseCookieToken(token);
  if (cookie) return { ...cookie, claims: { ...cookie.claims, expiresAtSeconds: 4_000_000_000 } };
  if (!parsed) return null;
  const expiresAtSeconds`,
]);
const bearerPrefetch = withoutMode("projo_session_prefetching", "bearer");

export const cookies: readonly Mutant[] = [
  { removed: [cookieLookup], succeeds: [cookieOfBearer] },
  {
    removed: [bearerLookup],
    succeeds: [bearerOfCookie],
    stillBlocked: [bearerOfCookieReads, cookieAsBearer],
  },
  { removed: [ownPrefix], succeeds: [], stillBlocked: [cookieAsBearer] },
  { removed: [ownPrefix, bearerLookup], succeeds: [cookieAsBearer] },
  { removed: [bearerPrefetch], succeeds: [bearerOfCookieReads], stillBlocked: [bearerOfCookie] },
  {
    removed: [
      guard("the salted code of a cookie is compared", adapterFile, [
        "if (!record || !parsed.isGenuine(keys, record.session.salt)) return [null, null];",
        "if (!record) return [null, null];",
      ]),
    ],
    succeeds: [wrongSalt],
    stillBlocked: [future],
  },
  {
    removed: [
      guard("a cookie of a future generation is refused", ruleFile, [
        'if (behind < 0) return "ahead";',
        'if (behind < 0) return "accept";',
      ]),
    ],
    succeeds: [future],
  },
  {
    removed: [
      guard("an old cookie ends the session after the grace time", ruleFile, [
        'return secondsSinceConfirmed <= COOKIE_GRACE_SECONDS ? "accept" : "revoke";',
        'return "accept";',
      ]),
    ],
    succeeds: [oldCookie, thiefStays],
    stillBlocked: [ancient],
  },
  {
    removed: [
      guard("the reuse of a cookie ends the session", adapterFile, [
        "await store.end(session.id, use.reuse());",
        "",
      ]),
    ],
    succeeds: [thiefStays, ancient],
    stillBlocked: [oldCookie],
  },
  {
    removed: [
      guard("a cookie from two replacements ago ends the session", ruleFile, [
        'if (behind > 1) return "revoke";',
        'if (behind > 1) return "ahead";',
      ]),
    ],
    succeeds: [ancient],
    stillBlocked: [oldCookie],
  },
  {
    removed: [
      guard("the use of a successor is recorded", adapterFile, [
        "await cookies.confirm(session.id, generation);",
        "",
      ]),
    ],
    succeeds: [oldCookie, thiefStays],
  },
];
