// Helpers to fill, export and tamper with an audit log. Entries are added with the database function that the server uses.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestServer } from "@projostack/api/testing";
import { expectDone, type Shell } from "../kit.ts";
import { jsonOf } from "../people.ts";

export interface ExportedLine {
  text: string;
  hash: string;
  personal: Record<string, { value: string; salt: string }> | null;
}

export interface SavedCheckpoint {
  text: string;
  signature: string;
  keyId: string;
}

export interface ExportedLog {
  workspaceId: string;
  header: string;
  lines: ExportedLine[];
  footer: { entries: number; checkpoint: SavedCheckpoint };
}

/** Appends `count` entries to the log. Their texts contain characters that are easily corrupted. */
export async function plantEntries(server: TestServer, workspaceId: string, count: number): Promise<void> {
  await server.database.owner(
    `SET LOCAL app.workspace_id = '${workspaceId}';
     SELECT projo_audit_append((
       SELECT jsonb_agg(jsonb_build_object(
                'id', gen_random_uuid(), 'actorKind', 'user', 'actorUserId', gen_random_uuid(), 'action', 'task.deleted',
                'targetType', 'task', 'targetId', n::text, 'outcome', 'ok', 'requestId', 'request-' || n,
                'meta', jsonb_build_object('before', jsonb_build_object(
                  'title', 'Title "' || n || '" \\ é 😀 ' || chr(8232) || chr(133) || chr(65533), 'place', n)),
                'personal', jsonb_build_object('ip', '192.0.2.' || n % 250, 'userAgent', '=cmd|A1, "x"')) ORDER BY n)
         FROM generate_series(1, ${count}) AS n))`,
  );
}

export const workspaceOf = async (shell: Shell): Promise<string> =>
  (await jsonOf<{ workspace: { id: string } }>(shell, "whoami")).workspace.id;

/** Runs `projo audit export` and parses its output. */
export async function exportLog(shell: Shell, ...argv: string[]): Promise<ExportedLog> {
  const { out } = await expectDone(shell.projo(["audit", "export", ...argv]));
  const [header = "", ...rest] = out.trimEnd().split("\n");
  const lines = rest.map((line) => JSON.parse(line) as unknown);
  const footer = lines.pop() as ExportedLog["footer"];
  const { workspaceId } = JSON.parse(header) as { workspaceId: string };
  return { workspaceId, header, lines: lines as ExportedLine[], footer };
}

/** Builds the content of an export file. */
export const fileOf = (header: string, lines: readonly (ExportedLine | string)[], footer?: unknown): string =>
  [header, ...lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)))]
    .concat(footer === undefined ? [] : JSON.stringify(footer))
    .map((line) => `${line}\n`)
    .join("");

/** Downloads the server's public keys to a file. @returns the file's name */
export async function saveKeys(server: TestServer, shell: Shell): Promise<string> {
  const answer = await fetch(`${server.url}/.well-known/projo-audit-keys.json`);
  return shell.file("keys.json", await answer.text());
}

export const read = (shell: Shell, name: string): Promise<string> =>
  readFile(join(shell.directory, name), "utf8");
