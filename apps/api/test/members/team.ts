import type { Permission, Role } from "@projostack/authz";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { arrive, foundWorkspace, type Person, type TestServer } from "../kit/index.ts";

/** A workspace and the user who created it. */
export interface Team {
  readonly id: string;
  readonly name: string;
  /** The user who created the workspace: an admin. */
  readonly founder: Person;
}

/** Signs up a user with a new email address. */
export const newcomer = (server: TestServer): Promise<Person> =>
  arrive(server, `person-${systemRandomness.bytes(6).toString("hex")}`);

export async function newTeam(server: TestServer, name = "Engines"): Promise<Team> {
  const founder = await newcomer(server);
  return { id: await foundWorkspace(founder, name), name, founder };
}

/** Signs up a user and makes them a member of the workspace. */
export async function joined(server: TestServer, team: Team, role: Role): Promise<Person> {
  const person = await newcomer(server);
  await putIn(server, team, person, role);
  return person;
}

/** Makes a user a member with a role, or changes the member's role. New ids sort after older ones, as the server's do. */
export async function putIn({ database }: TestServer, team: Team, person: Person, role: Role): Promise<void> {
  await database.owner(
    `INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES ($1, $2, $3, $4)
     ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role`,
    [systemRandomness.newId(), team.id, person.id, role],
  );
}

/** Returns the number of admins of the workspace. */
export async function adminsOf({ database }: TestServer, { id }: Team): Promise<number> {
  const [row] = await database.owner<{ admins: number }>(
    "SELECT count(*)::integer AS admins FROM workspace_members WHERE workspace_id = $1 AND role = 'admin'",
    [id],
  );
  return row?.admins ?? 0;
}

/** Returns the audit entries of the workspace, oldest first, without its creation and without refused calls. */
export async function recordOf({ database }: TestServer, { id }: Team): Promise<Entry[]> {
  return database.owner<Entry & Record<string, unknown>>(
    `SELECT coalesce(actor_user_id::text, 'key ' || actor_key_id) AS actor, action, target_type || ' ' || target_id AS target, meta_json AS meta
       FROM audit_logs WHERE workspace_id = $1 AND action <> 'workspace.created' AND outcome = 'ok' ORDER BY seq`,
    [id],
  );
}

export interface Entry {
  readonly actor: string | null;
  readonly action: string;
  readonly target: string;
  readonly meta: unknown;
}

/** Creates a service key. @param admin the creator @returns the key's id and token */
export async function keyOf(
  admin: Person,
  team: Team,
  scopes: readonly Permission[] = ["project:read", "project:write"],
  role: Role = "member",
): Promise<{ id: string; token: string }> {
  const { data } = await admin.call("serviceKeys.create", { name: "A service", role, scopes }, team.id);
  return { id: String(data.id), token: String(data.token) };
}
