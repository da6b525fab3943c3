// Type tests. The compiler checks this file; it never runs. If the line after a @ts-expect-error compiles, the compiler
// reports an error.
import { authorize, type Grant, type Membership } from "../src/index.ts";

declare const member: Membership;
declare const either: "task:read" | "task:write";
declare function createTask(grant: Grant<"task:write">): void;

createTask(authorize(member, "task:write"));

// @ts-expect-error a membership does not prove that a permission was checked
createTask(member);
// @ts-expect-error a plain object is not a grant
createTask({ workspaceId: "w", userId: "u", role: "admin", permission: "task:write" });
// @ts-expect-error a grant to read does not allow writing
createTask(authorize(member, "task:read"));
// @ts-expect-error a grant for one of two permissions does not prove a specific one
createTask(authorize(member, either));
// @ts-expect-error the permission is not in the policy
authorize(member, "task:archive");
// @ts-expect-error the role does not exist
authorize({ workspaceId: "w", userId: "u", role: "owner" }, "task:read");
// @ts-expect-error a grant is read-only
authorize(member, "task:read").workspaceId = "another";
