// The values that options accept, as the SDK's generated types define them. The cast in `membersOf` is the only one:
// Object.keys loses the type of the keys.
import type { InviteStatus, ListOrder, Role, ServiceKeyStatus, TaskStatus } from "@projostack/sdk";

export const taskStatuses = membersOf<TaskStatus>({ todo: true, doing: true, done: true });

export const listOrders = membersOf<ListOrder>({ newest: true, oldest: true, last_changed: true });

export const roles = membersOf<Role>({ viewer: true, member: true, admin: true });

export const inviteStatuses = membersOf<InviteStatus>({
  pending: true,
  accepted: true,
  declined: true,
  revoked: true,
  expired: true,
});

export const serviceKeyStatuses = membersOf<ServiceKeyStatus>({ active: true, expired: true, revoked: true });

/** Lists the members of a union type. A member that is absent here, or that the type lacks, does not compile. */
function membersOf<Union extends string>(members: Readonly<Record<Union, true>>): readonly Union[] {
  return Object.keys(members) as Union[];
}
