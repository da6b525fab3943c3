import { expect, it } from "vitest";
import { can, rolesUpTo } from "./roles.ts";

it("offers what the policy of the server allows a role", () => {
  expect([can("viewer", "task:read"), can("viewer", "task:write"), can("admin", "audit:read")]).toEqual([
    true,
    false,
    true,
  ]);
});

it("offers no role with more permissions than the own one", () => {
  expect(rolesUpTo("admin")).toEqual(["viewer", "member", "admin"]);
  expect(rolesUpTo("member")).toEqual(["viewer", "member"]);
});
