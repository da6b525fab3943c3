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

const ask = (token: string, permission: Permission = "task:read", by = key) =>
  by.call("tokens.introspect", { token, permission });
const UNKNOWN = JSON.stringify({
  result: { data: { active: false, allowed: false, user: null, workspaceId: null, role: null } },
});

describe("a service that asks whose token it was sent", () => {
  it("learns of a member who they are, and of each permission whether they hold it", async () => {
    for (const role of roles) {
      const person = await arrive(server, `a-${role}`);
      await join(server, workspaceId, person, role);
      for (const permission of permissions) {
        const { status, data } = await ask(person.token, permission);
        expect([role, permission, status, data]).toEqual([
          role,
          permission,
          200,
          {
            active: true,
            // What is for keys alone no person holds.
            allowed: policy[permission] !== "key" && can(role, permission),
            user: { id: person.id, email: person.email },
            workspaceId,
            role,
          },
        ]);
      }
    }
  });

  it("learns of a removal and of a changed role at its next question", async () => {
    const person = await arrive(server, "changing");
    await join(server, workspaceId, person, "member");
    expect((await ask(person.token, "task:write")).data).toMatchObject({ active: true, allowed: true });
    await ada.call("members.changeRole", { userId: person.id, role: "viewer" }, workspaceId);
    expect((await ask(person.token, "task:write")).data).toMatchObject({ active: true, allowed: false });
    await ada.call("members.remove", { userId: person.id }, workspaceId);
    expect((await ask(person.token, "task:write")).text).toBe(UNKNOWN);
  });

  it("I1 learns nothing of any other token: all are answered the same, byte for byte", async () => {
    const eve = await arrive(server, "eve");
    const elsewhere = await foundWorkspace(eve, "Looms");
    const evesKey = await makeKey(server, eve, elsewhere, { scopes: ["task:read"] });
    const signedOut = await arrive(server, "signed-out");
    await join(server, workspaceId, signedOut, "member");
    expect((await ask(signedOut.token)).data).toMatchObject({ active: true });
    await signedOut.call("auth.signOutEverywhere");
    const [session] = await server.database.owner<{ salt: Buffer }>(
      "SELECT salt FROM sessions WHERE id = $1",
      [ada.sessionId],
    );
    const claims = { sessionId: ada.sessionId, generation: 1 };
    const others = {
      "of a member of another workspace": eve.token,
      "of nobody anywhere": (await arrive(server, "nobody")).token,
      expired: await expiredAccessToken(server, ada.sessionId),
      "of an expired session": (await startSession(server, ada.id, -1)).token,
      "signed out": signedOut.token,
      "a refresh token": formatRefreshToken(server.keys, session?.salt ?? Buffer.alloc(0), claims),
      "the asking key's own": key.token,
      "another workspace's key": evesKey.token,
      "an invite's": `pji_${"A".repeat(43)}`,
      changed: `${ada.token.slice(0, -2)}AA`,
      "with a word before it": `Bearer ${ada.token}`,
      garbage: "garbage",
      none: "",
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
    // A positive control: in her own workspace Eve is known.
    const asking = await makeKey(server, eve, elsewhere, { scopes: ["token:introspect"] });
    expect((await ask(eve.token, "workspace:delete", asking)).data).toMatchObject({
      active: true,
      allowed: true,
    });
    expect((await ask(ada.token)).data).toMatchObject({ active: true, role: "admin" });
  });

  it("is a key with that scope: no person may ask, nor any other key", async () => {
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

  it("A3 finds the token in no address and no line of the log", async () => {
    const person = await arrive(server, "logged");
    await join(server, workspaceId, person, "member");
    const { token } = person;
    await ask(token);
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

/** Ada, in a session whose token is by that server's keys. */
const signedInAt = (small: TestServer) => startSession(small, ada.id);

describe("a server with few connections", () => {
  it.each(["1", "2"])(
    "answers many such questions at once over %s: none holds one while it asks for another",
    async (size) => {
      const small = await startServerOver(server.database, {
        PROJO_DATABASE_POOL: size,
        PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}`,
      });
      try {
        const asking = keyOf(
          small.url,
          await call(small.url, "serviceKeys.create", {
            token: (await signedInAt(small)).token,
            workspaceId,
            input: { name: "Asking", scopes: ["token:introspect"] },
          }),
        );
        const { token } = await signedInAt(small);
        const answers = await Promise.all(Array.from({ length: 20 }, () => ask(token, "audit:read", asking)));
        const allowed = answers.filter(({ data }) => (data as Introspection | undefined)?.allowed);
        expect(allowed).toHaveLength(20);
      } finally {
        await small.close();
      }
    },
  );
});
