import { can, permissions, policy, type Permission } from "@projostack/authz";
import { operations } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  bytesOf,
  call,
  foundWorkspace,
  idsOf,
  join,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { keyOf, listedIn, makeKey, verdictOf } from "./made-key.ts";

let server: TestServer;
let ada: Person;
let workspaceId: string;
let projectId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  projectId = idOf(await ada.call("projects.create", { name: "Notes" }, workspaceId));
});
afterAll(() => server.close());

const idOf = ({ data }: { data: { id: string } }): string => data.id;
const DENIED = "403 permission.denied";
const NOWHERE = "404 workspace.not_found";
const inWorkspaces = operations.filter(({ operation }) => operation.access in policy);
const all = permissions as readonly Permission[];

describe("A service key", () => {
  it("M4 may call exactly the operations that its scopes permit", async () => {
    expect(inWorkspaces.length).toBeGreaterThan(20);
    const verdicts: Record<string, [boolean, boolean]> = {};
    const keys = new Map<string, { only: string; without: string }>();
    for (const scope of all) {
      const [only, without] = [[scope], all.filter((other) => other !== scope)].map((scopes) =>
        makeKey(server, ada, workspaceId, { role: "admin", scopes }),
      );
      keys.set(scope, { only: (await only)?.token ?? "", without: (await without)?.token ?? "" });
    }
    for (const { name, operation } of inWorkspaces) {
      const { only = "", without = "" } = keys.get(operation.access) ?? {};
      // The input is invalid: a permitted call gets 400, and nothing changes.
      const input = { nonsense: true };
      const withIt = verdictOf(await call(server.url, name, { token: only, input }));
      const withoutIt = verdictOf(await call(server.url, name, { token: without, input }));
      verdicts[name] = [withIt === "400 input.invalid", withoutIt === DENIED];
    }
    expect(verdicts).toEqual(Object.fromEntries(inWorkspaces.map(({ name }) => [name, [true, true]])));
  });

  it("M4 cannot get or use a scope beyond its role", async () => {
    for (const role of ["viewer", "member"] as const) {
      const beyond = all.filter((scope) => policy[scope] !== "key" && !can(role, scope));
      expect(beyond.length).toBeGreaterThan(5);
      for (const scope of beyond) {
        const refused = await ada.call(
          "serviceKeys.create",
          { name: "Beyond", role, scopes: ["task:read", scope] },
          workspaceId,
        );
        expect(verdictOf(refused)).toBe("400 input.invalid");
        expect(refused.error?.fieldErrors).toEqual({
          scopes: [`The role ${role} does not hold ${scope}. Remove it, or choose a higher role.`],
        });
      }
      const key = await makeKey(server, ada, workspaceId, { role, scopes: ["task:read"] });
      await server.database.owner("UPDATE service_keys SET scopes = $1 WHERE id = $2", [all, key.id]);
      for (const { name } of inWorkspaces.filter(({ operation }) =>
        beyond.includes(operation.access as Permission),
      )) {
        expect([name, verdictOf(await key.call(name))]).toEqual([name, DENIED]);
      }
    }
  });

  it("M5 with the role viewer writes nothing, with any scopes", async () => {
    const key = await makeKey(server, ada, workspaceId, { role: "viewer", scopes: ["task:read"] });
    await server.database.owner("UPDATE service_keys SET scopes = $1 WHERE id = $2", [all, key.id]);
    const task = idOf(await ada.call("tasks.create", { projectId, title: "Stays" }, workspaceId));
    const attempts: [string, unknown][] = [
      ["tasks.create", { projectId, title: "No" }],
      ["tasks.createMany", { items: [{ projectId, title: "No" }] }],
      ["tasks.update", { id: task, status: "done" }],
      ["tasks.delete", { id: task }],
      ["projects.create", { name: "No" }],
      ["projects.update", { id: projectId, name: "No" }],
      ["projects.delete", { id: projectId }],
      ["workspaces.rename", { name: "No" }],
      ["serviceKeys.create", { name: "No", scopes: ["task:read"] }],
      ["invites.create", { email: "no@example.com", role: "viewer" }],
    ];
    for (const [name, input] of attempts) {
      expect([name, verdictOf(await key.call(name, input))]).toEqual([name, DENIED]);
    }
    expect((await key.call("tasks.get", { id: task })).data).toMatchObject({
      title: "Stays",
      status: "todo",
    });
  });

  it("works only in its own workspace and gets 404 for every other, like a user", async () => {
    const key = await makeKey(server, ada, workspaceId, { scopes: ["task:read"] });
    const eve = await arrive(server, "eve");
    const elsewhere = await foundWorkspace(eve, "Looms");
    const adasOther = await foundWorkspace(ada, "Ada's other");
    const ask = (token: string, asked: string) =>
      call(server.url, "tasks.list", { token, workspaceId: asked, headers: { "x-request-id": "same" } });
    const absent = await ask(key.token, "0190a6f0-0000-7000-8000-00000000abcd");
    expect(verdictOf(absent)).toBe(NOWHERE);
    for (const asked of [elsewhere, adasOther, ada.id, key.id, "x", "", "*"]) {
      expect([asked, bytesOf(await ask(key.token, asked))]).toEqual([asked, bytesOf(absent)]);
    }
    expect((await ask(ada.token, elsewhere)).text).toBe(absent.text);
    for (const asked of [workspaceId, workspaceId.toUpperCase()]) {
      expect((await ask(key.token, asked)).status).toBe(200);
    }
    expect((await key.call("tasks.list")).status).toBe(200);
  });
});

describe("On the next request", () => {
  it("M2 a revoked or expired key gets 401", async () => {
    for (const end of ["revoke", "expire"] as const) {
      const key = await makeKey(server, ada, workspaceId, { scopes: ["task:read", "task:write"] });
      expect(verdictOf(await key.call("tasks.create", { projectId, title: "One" }))).toBe("200");
      if (end === "revoke") await ada.call("serviceKeys.revoke", { id: key.id }, workspaceId);
      else await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [key.id]);
      for (const [name, input] of [
        ["tasks.list", {}],
        ["tasks.create", { projectId, title: "Two" }],
      ] as const) {
        expect([end, name, verdictOf(await key.call(name, input))]).toEqual([
          end,
          name,
          "401 auth.unauthenticated",
        ]);
      }
      const listed = await ada.call("serviceKeys.list", {}, workspaceId);
      expect(listedIn(listed).find(({ id }) => id === key.id)).toMatchObject({
        status: end === "revoke" ? "revoked" : "expired",
      });
    }
  });

  it("M2 a key that lost its role or a scope gets 403", async () => {
    const key = await makeKey(server, ada, workspaceId, { scopes: ["task:read", "task:write"] });
    const create = async () => verdictOf(await key.call("tasks.create", { projectId, title: "One" }));
    const change = (role: string, scopes: string[]) =>
      server.database.owner("UPDATE service_keys SET role = $1, scopes = $2 WHERE id = $3", [
        role,
        scopes,
        key.id,
      ]);
    expect(await create()).toBe("200");
    await change("viewer", ["task:read", "task:write"]);
    expect(await create()).toBe(DENIED);
    await change("member", ["task:read"]);
    expect(await create()).toBe(DENIED);
    expect(verdictOf(await key.call("tasks.list"))).toBe("200");
    await change("member", ["task:read", "task:write"]);
    expect(await create()).toBe("200");
  });

  it("M2 a key of a deleted workspace gets 401, and works again after the restore", async () => {
    const gone = await foundWorkspace(ada, "Passing");
    const key = await makeKey(server, ada, gone, { scopes: ["task:read"] });
    expect((await key.call("tasks.list")).status).toBe(200);
    expect((await ada.call("workspaces.delete", { name: "Passing" }, gone)).status).toBe(200);
    expect(verdictOf(await key.call("tasks.list"))).toBe("401 auth.unauthenticated");
    expect((await ada.call("workspaces.restore", { workspaceId: gone })).status).toBe(200);
    expect((await key.call("tasks.list")).status).toBe(200);
  });
});

describe("The audit log", () => {
  it("U7 names the key as the actor of its calls, and new objects name the key's creator", async () => {
    const key = await makeKey(server, ada, workspaceId, { scopes: ["task:write"] });
    const made = await key.call("tasks.create", { projectId, title: "By the robot" });
    expect(made.data.createdBy).toBe(ada.id);
    expect((await key.call("tasks.delete", { id: idOf(made) })).status).toBe(200);
    const entries = await server.database.owner(
      "SELECT actor_user_id, actor_key_id FROM audit_logs WHERE action = 'task.deleted' AND target_id = $1",
      [idOf(made)],
    );
    expect(entries).toMatchObject([{ actor_user_id: null, actor_key_id: key.id }]);
    // The same call by the key's creator has her as the actor.
    const hers = await ada.call("tasks.create", { projectId, title: "By Ada" }, workspaceId);
    await ada.call("tasks.delete", { id: idOf(hers) }, workspaceId);
    const [own] = await server.database.owner(
      "SELECT actor_user_id, actor_key_id FROM audit_logs WHERE action = 'task.deleted' AND target_id = $1",
      [idOf(hers)],
    );
    expect(own).toEqual({ actor_user_id: ada.id, actor_key_id: null });
  });

  it("U7 contains the creation, rotation and revocation of keys, without a secret", async () => {
    const key = await makeKey(server, ada, workspaceId, { scopes: ["task:read"], expiresInDays: 7 });
    await ada.call("serviceKeys.rotate", { id: key.id, overlapHours: 3, expiresInDays: 8 }, workspaceId);
    await ada.call("serviceKeys.revoke", { id: key.id }, workspaceId);
    const entries = await server.database.owner(
      "SELECT action, actor_user_id, meta_json FROM audit_logs WHERE target_type = 'key' AND target_id = $1 ORDER BY created_at",
      [key.id],
    );
    expect(entries).toMatchObject([
      {
        action: "key.created",
        meta_json: { after: { name: "Robot", role: "member", scopes: "task:read", days: 7 } },
      },
      { action: "key.rotated", meta_json: { after: { overlapHours: 3, days: 8 } } },
      { action: "key.revoked", meta_json: { before: { name: "Robot", role: "member" } } },
    ]);
    expect(entries.every(({ actor_user_id: actor }) => actor === ada.id)).toBe(true);
  });
});

describe("A key with the scope key:manage", () => {
  it("cannot create or rotate a key with more rights than its own", async () => {
    const manager = await makeKey(server, ada, workspaceId, {
      role: "admin",
      scopes: ["key:manage", "task:read", "task:write"],
    });
    const make = async (role: string, ...scopes: Permission[]) =>
      manager.call("serviceKeys.create", { name: "Made by a key", role, scopes });
    for (const scope of all) {
      const held = scope === "key:manage" || scope.startsWith("task:");
      expect([scope, verdictOf(await make("admin", scope))]).toEqual([scope, held ? "200" : DENIED]);
    }
    expect(verdictOf(await make("admin", "task:read", "audit:read"))).toBe(DENIED);
    const made = await make("member", "task:read");
    expect(made.data).toMatchObject({ createdBy: ada.id, creatorIsMember: true });

    const stronger = await makeKey(server, ada, workspaceId, { scopes: ["task:read", "project:write"] });
    const introspecting = await makeKey(server, ada, workspaceId, { scopes: ["token:introspect"] });
    for (const { id } of [stronger, introspecting]) {
      const refused = await manager.call("serviceKeys.rotate", { id });
      expect(verdictOf(refused)).toBe(DENIED);
      expect(refused.text).not.toContain("pjk_");
    }
    expect(verdictOf(await stronger.call("tasks.list"))).toBe("200");
    for (const id of [idOf(made), manager.id]) {
      const rotated = await manager.call("serviceKeys.rotate", { id });
      expect(verdictOf(await keyOf(server.url, rotated).call("tasks.list"))).toBe("200");
    }
  });

  it("runs concurrent rotations of itself one after the other", async () => {
    for (let round = 0; round < 5; round += 1) {
      const manager = await makeKey(server, ada, workspaceId, { role: "admin", scopes: ["key:manage"] });
      const rotations = Array.from({ length: 12 }, () =>
        manager.call("serviceKeys.rotate", { id: manager.id }),
      );
      const verdicts = (await Promise.all(rotations)).map(verdictOf);
      expect(verdicts).toContain("200");
      // After the second rotation, the token of the remaining calls is no longer valid.
      const others = verdicts.filter(
        (verdict) => verdict !== "200" && verdict !== "401 auth.unauthenticated",
      );
      expect(others).toEqual([]);
    }
  });
});

describe("A key of another workspace", () => {
  it("I1 gets the same response as a missing key, byte for byte, and remains unchanged", async () => {
    const eve = await arrive(server, "eve-of-keys");
    const elsewhere = await foundWorkspace(eve, "Mills");
    const foreign = await makeKey(server, eve, elsewhere, { scopes: ["task:read"] });
    for (const name of ["serviceKeys.rotate", "serviceKeys.revoke"]) {
      const ask = (id: string) =>
        call(server.url, name, {
          input: { id },
          token: ada.token,
          workspaceId,
          headers: { "x-request-id": "same" },
        });
      const absent = await ask("0190a6f0-0000-7000-8000-00000000abcd");
      expect(verdictOf(absent)).toBe("404 key.not_found");
      expect(bytesOf(await ask(foreign.id))).toBe(bytesOf(absent));
      const own = await makeKey(server, ada, workspaceId, { scopes: ["task:read"] });
      expect((await ask(own.id)).status).toBe(200);
      // A revoked key cannot be rotated or revoked again.
      await server.database.owner("UPDATE service_keys SET revoked_at = now() WHERE id = $1", [own.id]);
      expect(bytesOf(await ask(own.id))).toBe(bytesOf(absent));
    }
    expect((await foreign.call("tasks.list")).status).toBe(200);
    expect(idsOf(await ada.call("serviceKeys.list", { limit: 100 }, workspaceId))).not.toContain(foreign.id);
    expect(idsOf(await eve.call("serviceKeys.list", {}, elsewhere))).toEqual([foreign.id]);
  });
});

describe("A key whose creator has left", () => {
  it("continues to work and is marked in the list", async () => {
    const mill = await foundWorkspace(ada, "Mill");
    const bob = await arrive(server, "bob");
    await join(server, mill, bob, "admin");
    const key = await makeKey(server, bob, mill, {
      name: "Bob's robot",
      scopes: ["project:write", "task:read"],
    });
    const flag = async () => listedIn(await ada.call("serviceKeys.list", {}, mill))[0]?.creatorIsMember;
    expect(await flag()).toBe(true);
    const removed = await ada.call("members.remove", { userId: bob.id }, mill);
    expect(removed.data.keysLeft).toEqual([{ id: key.id, name: "Bob's robot" }]);
    expect(await flag()).toBe(false);
    const made = await key.call("projects.create", { name: "Still here" });
    expect(made.data).toMatchObject({ createdBy: bob.id });
    // Bob is no longer a member and cannot rotate the key.
    expect(verdictOf(await bob.call("serviceKeys.rotate", { id: key.id }, mill))).toBe(NOWHERE);
    expect((await ada.call("serviceKeys.rotate", { id: key.id, overlapHours: 0 }, mill)).data).toMatchObject({
      createdBy: bob.id,
      creatorIsMember: false,
    });
    expect(verdictOf(await key.call("tasks.list"))).toBe("401 auth.unauthenticated");
  });
});
