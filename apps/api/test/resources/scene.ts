// Everything that a valid input can name. The owner of the database plants it anew for each call that is tried, since the
// call before may have changed it.
import { insertRows, type Row } from "@projostack/db/testing";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import type { Person, TestServer } from "../kit/index.ts";

/**
 * The ids and tokens of what was planted. The fixture of each resource adds its own:
 * `declare module "./scene.ts" { interface Scene { readonly taskId: string } }`
 */
export interface Scene {
  readonly workspaceId: string;
  readonly workspaceName: string;
  /** The admin of the workspace. */
  readonly userId: string;
  /** The email of an account with the kit's password. */
  readonly email: string;
  /** The token of a service key, for the operations that only keys may call. */
  readonly serviceToken: string;
}

/** What a fixture knows when it plants its part of a scene. */
export interface Stage {
  readonly server: TestServer;
  readonly workspaceId: string;
  readonly admin: Person;
  /** The user who is going to call. It is the admin, except for operations on a user's own account. */
  readonly caller: Person;
  newId(): string;
}

/** A fixture's part of a scene. */
export interface Planted {
  /** The ids and tokens, as the fixture declares them in `Scene`. */
  readonly scene: Partial<Scene>;
  /** The rows behind them. They may refer to the rows of other fixtures: all are inserted in one statement. */
  readonly rows?: (scene: Scene) => readonly Row[];
}

export interface Setting {
  readonly workspaceId: string;
  readonly email: string;
  /** The user who is going to call, if that is not the admin. */
  readonly caller?: Person;
}

/** The part of a fixture that a scene is made of. */
export interface ScenePart {
  readonly plant?: (stage: Stage) => Planted;
  readonly tidy?: readonly string[];
}

export async function plantScene(
  parts: readonly ScenePart[],
  { server, admin, workspaceId, email, caller = admin }: Setting & { server: TestServer; admin: Person },
): Promise<Scene> {
  const workspaceName = await tidy(
    server,
    workspaceId,
    parts.flatMap((part) => part.tidy ?? []),
  );
  // Only a caller with a verified address can accept an invite or send one.
  await server.database.owner(
    "UPDATE users SET email_verified_at = now() WHERE id = $1 AND email_verified_at IS NULL",
    [caller.id],
  );
  const stage = { server, workspaceId, admin, caller, newId: () => systemRandomness.newId() };
  const planted = parts.flatMap(({ plant }) => (plant ? [plant(stage)] : []));
  const base: Scene = { workspaceId, workspaceName, userId: admin.id, email } as Scene;
  const scene: Scene = Object.assign(base, ...planted.map((part) => part.scene));
  await insertRows(
    server.database,
    planted.flatMap(({ rows }) => rows?.(scene) ?? []),
  );
  return scene;
}

/** Undoes what earlier calls may have done to the workspace. @returns its name */
async function tidy(
  { database }: TestServer,
  workspaceId: string,
  statements: readonly string[],
): Promise<string> {
  const parts = statements.map((statement, at) => `tidy_${at} AS (${statement})`);
  const [workspace] = await database.owner<{ name: string }>(
    `WITH ${parts.join(", ")} UPDATE workspaces SET deleted_at = NULL WHERE id = $1 RETURNING name`,
    [workspaceId],
  );
  if (!workspace) throw new Error("There is no such workspace.");
  return workspace.name;
}

export const inOneDay = (): Date => new Date(Date.now() + 86_400_000);
