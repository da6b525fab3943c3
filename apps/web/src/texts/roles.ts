import type { Role } from "@projostack/sdk";
import { commonTexts } from "./common.ts";

/** Texts about roles. */
export const rolesTexts = {
  label: "Role",
  names: commonTexts.roles,
  descriptions: {
    viewer: "Reads the workspace, its members, projects and tasks.",
    member: "Reads everything, creates and changes projects, and creates, changes and deletes tasks.",
    admin:
      "Does what members do, deletes projects, manages members, invites, service keys and the workspace, and reads the audit log.",
  } satisfies Record<Role, string>,
} as const;
