// The ids of things, each with the operations that return it. An id of another workspace is a missing id.
import { z } from "zod";
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

/** A filter by the beginning of an id, so that people need not type the whole id. */
export const idPrefix = (thing: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{4,32}$/, "Must be 4 to 32 hexadecimal digits in lower case, without hyphens.")
    .meta({ minLength: 4, maxLength: 32 })
    .describe(
      `The first 4 to 32 hexadecimal digits of the id of the ${thing}, in lower case and without hyphens. Ids begin with the time of their creation, so things that were created together have the same first digits.`,
    );

/** The user who created something. */
export const creatorId = (thing: string) =>
  id.describe(
    `The id of the user who created the ${thing}. If a service key created it, the id of the user who created the key.`,
  );
