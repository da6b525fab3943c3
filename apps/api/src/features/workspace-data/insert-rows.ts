// Inserts the rows of each file with new ids, and with the authors that they have here.
import type { WorkspaceRows } from "@projostack/contract";
import { newInviteTokens } from "../../identity/tokens/invite-tokens.ts";
import { newServiceSecret, protectSecret } from "../../identity/tokens/service-keys.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { withTaskCapacity } from "../tasks/with-task-capacity.ts";
import { authorsOf } from "./authors.ts";
import type { RunningImport } from "./running-import.ts";
import { importedId } from "./imported-id.ts";

/** Stores the people. A member here with the same address is that person. Nobody becomes a member. */
export async function insertMembers({ ws }: RunningImport, rows: WorkspaceRows["members"]): Promise<void> {
  await ws.db.sql.imports.addAuthors(
    rows.map(({ userId, email, role }) => ({
      id: ws.newId(),
      sourceId: userId,
      email,
      role,
      placeholderId: ws.newId(),
    })),
  );
}

/** An invite gets tokens that nobody knows, until it is sent again. @throws Failure invite.too_many */
export async function insertInvites(running: RunningImport, rows: WorkspaceRows["invites"]): Promise<void> {
  const { ws, services, salt } = running;
  const { keys, randomness, quotas } = services;
  const { imports } = ws.db.sql;
  const people = rows.flatMap(({ invitedBy, acceptedBy }) => [
    invitedBy,
    ...(acceptedBy === null ? [] : [acceptedBy]),
  ]);
  const authors = await authorsOf(running, people);
  await imports.insertRows(
    "invites",
    rows.map((row) => {
      const id = importedId(salt, row.id);
      const { tokenHash, mailedTokenHash } = newInviteTokens(keys, randomness, id);
      return {
        id,
        email: row.email,
        role: row.role,
        token_hash: tokenHash.toString("hex"),
        mailed_token_hash: mailedTokenHash.toString("hex"),
        invited_by: authors.get(row.invitedBy),
        invited_by_key: row.invitedByKey && importedId(salt, row.invitedByKey),
        accepted_by: row.acceptedBy && authors.get(row.acceptedBy),
        created_at: row.createdAt,
        expires_at: row.expiresAt,
        used_at: row.usedAt,
        revoked_at: row.revokedAt,
        declined_at: row.declinedAt,
      };
    }),
  );
  const { pendingInvites } = await imports.counts();
  if (pendingInvites > quotas.pendingInvites) throw new Failure("invite.too_many");
}

/** A key gets a secret that nobody knows, until it is rotated. @throws Failure key.too_many */
export async function insertKeys(running: RunningImport, rows: WorkspaceRows["serviceKeys"]): Promise<void> {
  const { ws, services, salt } = running;
  const { keys, randomness, quotas } = services;
  const authors = await authorsOf(
    running,
    rows.map(({ createdBy }) => createdBy),
  );
  await ws.db.sql.imports.insertRows(
    "serviceKeys",
    rows.map((row) => {
      const id = importedId(salt, row.id);
      const { kid, mac } = protectSecret(keys, id, newServiceSecret(keys, randomness, id));
      return {
        id,
        name: row.name,
        role: row.role,
        scopes: row.scopes,
        secret_kid: kid,
        secret_mac: Buffer.from(mac).toString("hex"),
        created_by: authors.get(row.createdBy),
        created_at: row.createdAt,
        expires_at: row.expiresAt,
        rotated_at: row.rotatedAt,
        revoked_at: row.revokedAt,
        last_used_at: row.lastUsedAt,
      };
    }),
  );
  const { activeKeys } = await ws.db.sql.imports.counts();
  if (activeKeys > quotas.serviceKeys) throw new Failure("key.too_many");
}

/** @throws Failure project.too_many */
export async function insertProjects(running: RunningImport, rows: WorkspaceRows["projects"]): Promise<void> {
  const { ws, services, salt } = running;
  const authors = await authorsOf(
    running,
    rows.map(({ createdBy }) => createdBy),
  );
  await ws.db.sql.imports.insertRows(
    "projects",
    rows.map((row) => ({
      id: importedId(salt, row.id),
      name: row.name,
      created_by: authors.get(row.createdBy),
      created_at: row.createdAt,
      updated_at: row.updatedAt,
      version: row.version,
    })),
  );
  const { projects } = await ws.db.sql.imports.counts();
  if (projects > services.quotas.projects) throw new Failure("project.too_many");
}

/** @throws Failure task.too_many */
export async function insertTasks(running: RunningImport, rows: WorkspaceRows["tasks"]): Promise<void> {
  const { ws, services, salt } = running;
  const authors = await authorsOf(
    running,
    rows.map(({ createdBy }) => createdBy),
  );
  await withTaskCapacity(ws, services, {
    most: rows.length,
    createdIn: (created: number) => created,
    create: () =>
      ws.db.sql.imports.insertRows(
        "tasks",
        rows.map((row) => ({
          id: importedId(salt, row.id),
          project_id: importedId(salt, row.projectId),
          title: row.title,
          status: row.status,
          external_id: row.externalId,
          created_by: authors.get(row.createdBy),
          created_at: row.createdAt,
          updated_at: row.updatedAt,
          version: row.version,
        })),
      ),
  });
}

/** Stores lines of audit logs as they are. They are no entries of this workspace's own log. */
export async function insertHistory({ ws }: RunningImport, rows: WorkspaceRows["history"]): Promise<void> {
  await ws.db.sql.imports.insertRows(
    "records",
    rows.map(({ log, line, text, hash, personal }) => ({
      id: ws.newId(),
      log,
      line,
      text,
      hash: hash ?? null,
      actor_user_id: hash === undefined ? null : actorIn(text),
      personal_json: personal ?? null,
    })),
  );
}

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The user of an entry, so that an erasure of the person finds it. */
function actorIn(text: string): string | null {
  try {
    const entry: unknown = JSON.parse(text);
    const actor: unknown =
      typeof entry === "object" && entry !== null && "actorUserId" in entry ? entry.actorUserId : null;
    return typeof actor === "string" && UUID_TEXT.test(actor) ? actor : null;
  } catch {
    // The hash of such a text does not prove anything, and an erasure finds the addresses in it by their values.
    return null;
  }
}
