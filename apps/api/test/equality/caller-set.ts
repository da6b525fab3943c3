// The callers of both servers, and the values of x-workspace-id: the same users, with the same ids, in both databases.
import { randomUUID } from "node:crypto";
import { permissions } from "@projostack/authz";
import {
  arrive,
  expiredAccessToken,
  join,
  plantWorkspace,
  startSession,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { newCookieHolder, passTime } from "../cookies/holder.ts";
import { keyOf } from "../mutants/attackers.ts";

export interface CallerSet {
  readonly admin: Person;
  readonly member: Person;
  readonly viewer: Person;
  readonly stranger: Person;
  readonly homeId: string;
  readonly elsewhereId: string;
  /** For each kind of caller, a token that no other call has used. */
  readonly callers: Readonly<Record<string, () => Promise<string | undefined>>>;
  /** The callers that call with every value of `x-workspace-id`. */
  readonly travellers: ReadonlySet<string>;
  /** The values of `x-workspace-id`. */
  readonly places: Readonly<Record<string, string | undefined>>;
  /** The users on whose account a session operation acts. The admin is the default. */
  readonly people: Readonly<Record<string, Person>>;
}

export async function createCallerSet(both: TestServer): Promise<CallerSet> {
  const newcomer = () => arrive(both, randomUUID());
  const people = {
    admin: await newcomer(),
    member: await newcomer(),
    viewer: await newcomer(),
    stranger: await newcomer(),
    removed: await newcomer(),
  };
  const { admin, member, viewer, stranger, removed } = people;
  const [homeId, elsewhereId, deletedId] = [
    await plantWorkspace(both, admin),
    await plantWorkspace(both, stranger),
    await plantWorkspace(both, admin),
  ];
  await join(both, homeId, member, "member");
  await join(both, homeId, viewer, "viewer");
  await join(both, homeId, removed, "admin");
  await both.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [removed.id]);
  await both.database.owner(
    `WITH gone AS (UPDATE workspaces SET deleted_at = now() WHERE id = $1)
     UPDATE workspace_members SET locked_at = now() WHERE workspace_id = $1`,
    [deletedId],
  );
  const team = { admin, id: homeId };
  const key = await keyOf(both, team, { role: "admin", scopes: permissions });
  const narrow = await keyOf(both, team, { role: "viewer", scopes: ["project:read"] });
  const revoked = await keyOf(both, team, { role: "admin", scopes: permissions });
  await both.database.owner("UPDATE service_keys SET revoked_at = now() WHERE id = $1", [revoked.id]);

  const session = ({ id }: Person, days?: number) => startSession(both, id, days);
  /** Starts a cookie session of the admin, which is at this generation. Its cookie was given a day ago and is a day old. */
  const agedCookie = async (generation: number) => {
    const holder = await newCookieHolder(both, admin);
    await passTime(both, holder.sessionId, 24 * 60 * 60);
    await both.database.owner(
      "UPDATE sessions SET generation = $2::integer, confirmed_at = CASE $2::integer WHEN 1 THEN confirmed_at END WHERE id = $1",
      [holder.sessionId, generation],
    );
    return holder;
  };
  const tokenOf = (person: Person) => async () => (await session(person)).token;
  return {
    ...people,
    people,
    homeId,
    elsewhereId,
    callers: {
      nobody: async () => undefined,
      "a malformed token": async () => "pja_x",
      "a forged token": async () => forged((await session(admin)).token),
      "an expired token": async () => expiredAccessToken(both, (await session(admin)).sessionId),
      "an expired session": async () => (await session(admin, -1)).token,
      viewer: tokenOf(viewer),
      member: tokenOf(member),
      admin: tokenOf(admin),
      "admin, current workspace": async () => {
        const { token, sessionId } = await session(admin);
        await both.database.owner("UPDATE sessions SET current_workspace_id = $2 WHERE id = $1", [
          sessionId,
          homeId,
        ]);
        return token;
      },
      stranger: tokenOf(stranger),
      "removed member": tokenOf(removed),
      "admin, by cookie": async () => (await newCookieHolder(both, admin)).token(1),
      "admin, by a cookie that is replaced": async () => (await agedCookie(1)).token(1),
      "admin, by a cookie whose successor was given": async () => (await agedCookie(2)).token(1),
      "admin, by a cookie whose use is recorded": async () => (await agedCookie(2)).token(2),
      "stranger, by cookie": async () => (await newCookieHolder(both, stranger)).token(1),
      "a reused cookie": async () => (await agedCookie(3)).token(1),
      "a forged cookie": async () => forged((await newCookieHolder(both, admin)).token(1)),
      key: async () => key.token,
      "key without the scope": async () => narrow.token,
      "revoked key": async () => revoked.token,
    },
    travellers: new Set(["admin", "admin, current workspace", "admin, by cookie", "stranger", "key"]),
    places: {
      home: homeId,
      none: undefined,
      elsewhere: elsewhereId,
      deleted: deletedId,
      "home, in capitals": ` ${homeId.toUpperCase()} `,
      nonsense: "nonsense",
    },
  };
}

/** Returns a token with the same claims and a wrong code. */
export function forged(token: string): string {
  const bytes = Buffer.from(token.slice(4), "base64url");
  bytes.fill(7, bytes.length - 32);
  return `${token.slice(0, 4)}${bytes.toString("base64url")}`;
}
