import { describe, expect, it } from "vitest";
import { authorize, can, canBeScope, Forbidden, mayGive, permissions, policy, roles } from "./index.ts";

const forRoles = permissions.filter((permission) => policy[permission] !== "key");
const member = { workspaceId: "w", userId: "u", role: "member" } as const;

describe("the policy", () => {
  it("gives every role all that the roles below it have", () => {
    for (const permission of forRoles) {
      const held = roles.map((role) => can(role, permission));
      expect(held, permission).toEqual(held.toSorted());
      expect(can("admin", permission)).toBe(true);
    }
  });

  it("M5 lets a viewer read and nothing else", () => {
    expect(permissions.filter((p) => can("viewer", p) && !p.endsWith(":read"))).toEqual([]);
  });

  it("gives no role what is for keys alone", () => {
    const forKeys = permissions.filter((permission) => !forRoles.includes(permission));
    expect(forKeys).toEqual(["token:introspect"]);
    for (const role of roles) {
      expect(can(role, "token:introspect")).toBe(false);
      expect(canBeScope(role, "token:introspect")).toBe(true);
    }
  });

  it("keeps deletion of projects, members, invites, keys and the audit log for admins", () => {
    const forMembers = permissions.filter((p) => can("member", p) && !can("viewer", p));
    expect(forMembers.toSorted()).toEqual(["project:write", "task:write"]);
    expect(can("member", "audit:read")).toBe(false);
  });
});

describe("a grant", () => {
  it("carries whom it was checked for", () => {
    expect(authorize(member, "task:write")).toEqual({ ...member, permission: "task:write" });
  });

  it("is refused when the role falls short", () => {
    expect(() => authorize(member, "project:delete")).toThrow(Forbidden);
  });

  it("for a key is bounded by its scopes and by its role, both", () => {
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

  it("cannot be changed afterwards", () => {
    const grant = authorize(member, "task:read");
    expect(() => Object.assign(grant, { workspaceId: "another" })).toThrow(TypeError);
  });
});
