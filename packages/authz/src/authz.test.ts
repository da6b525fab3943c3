import { describe, expect, it } from "vitest";
import { authorize, can, canBeScope, Forbidden, mayGive, permissions, policy, roles } from "./index.ts";

const rolePermissions = permissions.filter((permission) => policy[permission] !== "key");
const member = { workspaceId: "w", userId: "u", role: "member" } as const;

describe("the policy", () => {
  it("gives every role the permissions of the roles below it", () => {
    for (const permission of rolePermissions) {
      const held = roles.map((role) => can(role, permission));
      expect(held, permission).toEqual(held.toSorted());
      expect(can("admin", permission)).toBe(true);
    }
  });

  it("M5 gives a viewer only read permissions", () => {
    expect(permissions.filter((p) => can("viewer", p) && !p.endsWith(":read"))).toEqual([]);
  });

  it("gives no role the permissions of service keys", () => {
    const keyPermissions = permissions.filter((permission) => !rolePermissions.includes(permission));
    expect(keyPermissions).toEqual(["token:introspect"]);
    for (const role of roles) {
      expect(can(role, "token:introspect")).toBe(false);
      expect(canBeScope(role, "token:introspect")).toBe(true);
    }
  });

  it("reserves deletion of projects, members, invites, keys and the audit log for admins", () => {
    const memberPermissions = permissions.filter((p) => can("member", p) && !can("viewer", p));
    expect(memberPermissions.toSorted()).toEqual(["project:write", "task:write"]);
    expect(can("member", "audit:read")).toBe(false);
  });
});

describe("a grant", () => {
  it("contains the membership that was checked", () => {
    expect(authorize(member, "task:write")).toEqual({ ...member, permission: "task:write" });
  });

  it("requires a role with the permission", () => {
    expect(() => authorize(member, "project:delete")).toThrow(Forbidden);
  });

  it("requires both a scope and a sufficient role of a service key", () => {
    const key = (role: "viewer" | "member", ...scopes: readonly (typeof permissions)[number][]) =>
      ({ ...member, role, key: { id: "k", scopes } }) as const;
    expect(authorize(key("member", "task:write"), "task:write")).toMatchObject({ key: { id: "k" } });
    expect(() => authorize(key("member", "task:read"), "task:write")).toThrow(Forbidden);
    expect(() => authorize(key("viewer", "task:write"), "task:write")).toThrow(Forbidden);
    expect(authorize(key("viewer", "token:introspect"), "token:introspect").permission).toBe(
      "token:introspect",
    );
    expect(mayGive(key("member", "task:read"), "task:write")).toBe(false);
    expect(mayGive({ ...member, role: "admin" }, "token:introspect")).toBe(true);
  });

  it("cannot be modified", () => {
    const grant = authorize(member, "task:read");
    expect(() => Object.assign(grant, { workspaceId: "another" })).toThrow(TypeError);
  });
});
