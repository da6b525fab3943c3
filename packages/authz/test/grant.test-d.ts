// Compiled, never run: what the compiler must refuse. If a line under a @ts-expect-error builds, the compiler stops.
import { authorize, type Grant, type Membership } from "../src/index.ts";

declare const member: Membership;
declare const either: "task:read" | "task:write";
declare function createTask(grant: Grant<"task:write">): void;

createTask(authorize(member, "task:write"));

// @ts-expect-error a membership is no proof that anything was checked
createTask(member);
// @ts-expect-error a plain object is no proof, whatever it says
createTask({ workspaceId: "w", userId: "u", role: "admin", permission: "task:write" });
// @ts-expect-error a grant to read does not open a write
createTask(authorize(member, "task:read"));
// @ts-expect-error a grant for one of several permissions does not open a certain one
createTask(authorize(member, either));
// @ts-expect-error a permission that the policy does not hold
authorize(member, "task:archive");
// @ts-expect-error a role that does not exist
authorize({ workspaceId: "w", userId: "u", role: "owner" }, "task:read");
// @ts-expect-error a grant is not changed after it was given
authorize(member, "task:read").workspaceId = "another";
