// The ids of things, each with the operations that return it. An id of another workspace is a missing id.
import { id } from "../schemas.ts";

export const userId = id.describe(
  "The id of a user. `auth.me` returns the id of the caller, and `members.list` the ids of the members.",
);

export const workspaceId = id.describe(
  "The id of a workspace. `workspaces.create` and `workspaces.list` return it.",
);

export const projectId = id.describe("The id of a project. `projects.create` and `projects.list` return it.");

export const taskId = id.describe("The id of a task. `tasks.create` and `tasks.list` return it.");

export const inviteId = id.describe("The id of an invite. `invites.create` and `invites.list` return it.");

export const keyId = id.describe(
  "The id of a service key. `serviceKeys.create` and `serviceKeys.list` return it.",
);

export const sessionId = id.describe("The id of a session of the caller. `sessions.list` returns it.");

/** The user who created something. */
export const creatorId = (thing: string) =>
  id.describe(
    `The id of the user who created the ${thing}. If a service key created it, the id of the user who created the key.`,
  );
