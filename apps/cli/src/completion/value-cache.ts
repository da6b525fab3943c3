// Keeps the values of the last completions for a moment: pressing Tab several times sends one request. The files contain names of
// an account, so they are in a directory that only the user can read. Their names depend on the account, the server and the
// workspace: one account never gets the values of another one.
import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../cache-directory.ts";
import type { Io } from "../io.ts";
import { createDirectory } from "../transfer/create-directory.ts";
import type { NamedValue } from "./candidate.ts";

const MAX_AGE_MS = 20_000;

export interface Listed {
  readonly values: readonly NamedValue[];
  /** False when the server has more values. */
  readonly isComplete: boolean;
}

/** Returns what was kept under this key in the last 20 seconds. */
export async function readCached(io: Io, key: readonly string[]): Promise<Listed | undefined> {
  const file = fileOf(io, key);
  if (file === undefined) return undefined;
  try {
    const { mtimeMs } = await stat(file);
    if (Math.abs(Date.now() - mtimeMs) > MAX_AGE_MS) return undefined;
    return parseListed(await readFile(file, "utf8"));
  } catch {
    // Without the file, the values come from the server.
    return undefined;
  }
}

/** Keeps the values, and deletes files that are too old. A failure, such as a full disk, has no effect on the completion. */
export async function keep(io: Io, key: readonly string[], listed: Listed): Promise<void> {
  const directory = directoryOf(io);
  const file = fileOf(io, key);
  if (directory === undefined || file === undefined) return;
  const temporary = `${file}.${randomUUID()}`;
  try {
    await createDirectory(directory);
    await deleteOld(directory);
    await writeFile(temporary, JSON.stringify(listed), { mode: 0o600, flag: "wx" });
    await rename(temporary, file);
  } catch {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/** Deletes all kept values. Never fails. */
export async function forgetCompletions(io: Io): Promise<void> {
  const directory = directoryOf(io);
  if (directory !== undefined) await rm(directory, { recursive: true, force: true }).catch(() => {});
}

async function deleteOld(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const file = join(directory, name);
    const { mtimeMs } = await stat(file);
    if (Math.abs(Date.now() - mtimeMs) > MAX_AGE_MS) await rm(file, { force: true });
  }
}

function directoryOf(io: Io): string | undefined {
  const directory = cacheDirectory(io);
  return directory === undefined ? undefined : join(directory, "completion");
}

function fileOf(io: Io, key: readonly string[]): string | undefined {
  const directory = directoryOf(io);
  const name = createHash("sha256").update(JSON.stringify(key)).digest("hex");
  return directory === undefined ? undefined : join(directory, `${name}.json`);
}

function parseListed(text: string): Listed | undefined {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !Array.isArray(value["values"])) return undefined;
  const values = value["values"].flatMap((entry: unknown): NamedValue[] => {
    if (!isRecord(entry)) return [];
    const { id, name, description } = entry;
    if (typeof id !== "string" || typeof name !== "string") return [];
    return [{ id, name, description: typeof description === "string" ? description : undefined }];
  });
  return { values, isComplete: value["isComplete"] === true };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
