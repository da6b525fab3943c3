import { can, permissions, policy, roles, type Permission } from "@projostack/authz";
import type { Introspection } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatRefreshToken } from "../../src/identity/tokens/tokens.ts";
import {
  arrive,
  bytesOf,
  call,
  expiredAccessToken,
  foundWorkspace,
  join,
  startServerOver,
  startSession,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { keyOf, makeKey, verdictOf, type MadeKey } from "./made-key.ts";

let server: TestServer;
let ada: Person;
let workspaceId: string;
let key: MadeKey;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  key = await makeKey(server, ada, workspaceId, { role: "viewer", scopes: ["token:introspect"] });
});
afterAll(() => server.close());

const introspect = (token: string, permission: Permission = "task:read", by = key) =>
  by.call("tokens.introspect", { token, permission });
const UNKNOWN = JSON.stringify({
  result: { data: { active: false, allowed: false, user: null, workspaceId: null, role: null } },
});

describe("The introspection of a token", () => {
  it("returns the user, the role and whether the user holds the permission, for each role and permission", async () => {
    for (const role of roles) {
      const person = await arrive(server, `a-${role}`);
      await join(server, workspaceId, person, role);
      for (const permission of permissions) {
        const { status, data } = await introspect(person.token, permission);
        expect([role, permission, status, data]).toEqual([
          role,
          permission,
          200,
          {
            active: true,
            // No user holds a permission that is reserved for service keys.
            allowed: policy[permission] !== "key" && can(role, permission),
            user: { id: person.id, email: person.email },
            workspaceId,
            role,
          },
        ]);
      }
    }
  });

  it("reflects a removal and a changed role on the next call", async () => {
    const person = await arrive(server, "changing");
    await join(server, workspaceId, person, "member");
    expect((await introspect(person.token, "task:write")).data).toMatchObject({
      active: true,
      allowed: true,
    });
    await ada.call("members.changeRole", { userId: person.id, role: "viewer" }, workspaceId);
    expect((await introspect(person.token, "task:write")).data).toMatchObject({
      active: true,
      allowed: false,
    });
    await ada.call("members.remove", { userId: person.id }, workspaceId);
    expect((await introspect(person.token, "task:write")).text).toBe(UNKNOWN);
  });

  it("I1 returns the same response for every other token, byte for byte", async () => {
    const eve = await arrive(server, "eve");
    const elsewhere = await foundWorkspace(eve, "Looms");
    const evesKey = await makeKey(server, eve, elsewhere, { scopes: ["task:read"] });
    const signedOut = await arrive(server, "signed-out");
    await join(server, workspaceId, signedOut, "member");
    expect((await introspect(signedOut.token)).data).toMatchObject({ active: true });
    await signedOut.call("auth.signOutEverywhere");
    const [session] = await server.database.owner<{ salt: Buffer }>(
      "SELECT salt FROM sessions WHERE id = $1",
      [ada.sessionId],
    );
    const claims = { sessionId: ada.sessionId, generation: 1 };
    const others = {
      "a token of a member of another workspace": eve.token,
      "a token of a user without a workspace": (await arrive(server, "nobody")).token,
      "an expired token": await expiredAccessToken(server, ada.sessionId),
      "a token of an expired session": (await startSession(server, ada.id, -1)).token,
      "a token of a signed-out session": signedOut.token,
      "a refresh token": formatRefreshToken(server.keys, session?.salt ?? Buffer.alloc(0), claims),
      "the calling key itself": key.token,
      "a key of another workspace": evesKey.token,
      "an invite token": `pji_${"A".repeat(43)}`,
      "a changed token": `${ada.token.slice(0, -2)}AA`,
      "a token with a prefix word": `Bearer ${ada.token}`,
      "random text": "garbage",
      "an empty text": "",
    };
    let first: Answer | undefined;
    for (const [which, token] of Object.entries(others)) {
      const answer = await call(server.url, "tokens.introspect", {
        token: key.token,
        input: { token, permission: "task:read" },
        headers: { "x-request-id": "the-same" },
      });
      first ??= answer;
      expect([which, answer.status, answer.text]).toEqual([which, 200, UNKNOWN]);
      expect([which, bytesOf(answer)]).toEqual([which, bytesOf(first)]);
    }
    // A positive control: a key of Eve's workspace gets her data.
    const evesCaller = await makeKey(server, eve, elsewhere, { scopes: ["token:introspect"] });
    expect((await introspect(eve.token, "workspace:delete", evesCaller)).data).toMatchObject({
      active: true,
      allowed: true,
    });
    expect((await introspect(ada.token)).data).toMatchObject({ active: true, role: "admin" });
  });

  it("requires a service key with the scope token:introspect", async () => {
    const input = { token: ada.token, permission: "task:read" };
    expect(verdictOf(await ada.call("tokens.introspect", input, workspaceId))).toBe("403 permission.denied");
    const other = await makeKey(server, ada, workspaceId, {
      role: "admin",
      scopes: permissions.filter((scope) => scope !== "token:introspect") as Permission[],
    });
    expect(verdictOf(await other.call("tokens.introspect", input))).toBe("403 permission.denied");
    expect(verdictOf(await key.call("tokens.introspect", { ...input, permission: "task:fly" }))).toBe(
      "400 input.invalid",
    );
    expect(verdictOf(await key.call("tokens.introspect", { ...input, token: "x".repeat(513) }))).toBe(
      "400 input.invalid",
    );
  });

  it("A3 leaves no token in a URL or in the log", async () => {
    const person = await arrive(server, "logged");
    await join(server, workspaceId, person, "member");
    const { token } = person;
    await introspect(token);
    const query = `?input=${encodeURIComponent(JSON.stringify({ token, permission: "task:read" }))}`;
    const asGet = await fetch(`${server.url}/trpc/tokens.introspect${query}`, {
      headers: { authorization: `Bearer ${key.token}` },
    });
    expect(asGet.status).toBe(405);
    await call(server.url, "tokens.introspect", { token: key.token, input: { token, permission: "no" } });
    const lines = server.logLines.join("\n");
    expect(lines).toContain("/trpc/tokens.introspect");
    for (const secret of [token, key.token, ...[token, key.token].map((one) => one.slice(4))]) {
      expect(lines).not.toContain(secret);
    }
  });
});

/** Starts a session of Ada with a token that the given server issued. */
const signedInAt = (small: TestServer) => startSession(small, ada.id);

describe("A server with few database connections", () => {
  it.each(["1", "2"])(
    "answers 20 concurrent introspections over %s connections without a deadlock",
    async (size) => {
      const small = await startServerOver(server.database, {
        PROJO_DATABASE_POOL: size,
        PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}`,
      });
      try {
        const caller = keyOf(
          small.url,
          await call(small.url, "serviceKeys.create", {
            token: (await signedInAt(small)).token,
            workspaceId,
            input: { name: "Caller", scopes: ["token:introspect"] },
          }),
        );
        const { token } = await signedInAt(small);
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => introspect(token, "audit:read", caller)),
        );
        const allowed = answers.filter(({ data }) => (data as Introspection | undefined)?.allowed);
        expect(allowed).toHaveLength(20);
      } finally {
        await small.close();
      }
    },
  );
});
