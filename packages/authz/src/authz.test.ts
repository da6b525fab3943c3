import { describe, expect, it } from "vitest";
import { authorize, can, Forbidden, policy, roles, type Permission } from "./index.ts";

const permissions = Object.keys(policy) as Permission[];
const member = { workspaceId: "w", userId: "u", role: "member" } as const;

describe("the policy", () => {
  it("gives every role all that the roles below it have", () => {
    for (const permission of permissions) {
      const held = roles.map((role) => can(role, permission));
      expect(held, permission).toEqual(held.toSorted());
      expect(can("admin", permission)).toBe(true);
    }
  });

  it("M5 lets a viewer read and nothing else", () => {
    expect(permissions.filter((p) => can("viewer", p) && !p.endsWith(":read"))).toEqual([]);
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

  it("cannot be changed afterwards", () => {
    const grant = authorize(member, "task:read");
    expect(() => Object.assign(grant, { workspaceId: "another" })).toThrow(TypeError);
  });
});
