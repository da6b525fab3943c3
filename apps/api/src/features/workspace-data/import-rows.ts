import { workspaceRows } from "@projostack/contract";
import { brokenConstraint } from "@projostack/db";
import { Failure } from "../../rpc/failures/failure.ts";
import { invalidFields } from "../../rpc/failures/invalid-input.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toProgress, type FileName } from "./import-progress.ts";
import {
  insertHistory,
  insertInvites,
  insertKeys,
  insertMembers,
  insertProjects,
  insertTasks,
} from "./insert-rows.ts";
import { parseLines } from "./parse-lines.ts";
import type { RunningImport } from "./running-import.ts";

export interface ImportRows {
  readonly file: FileName;
  readonly from: number;
  readonly lines: readonly string[];
}

/**
 * Imports lines that follow the imported ones. Lines that are imported already are left unchanged.
 * @throws Failure import.not_running, import.gap, input.invalid, project.not_found, and the reasons of the quotas
 */
export async function importRows(
  ws: Ws<"workspace:manage">,
  services: Services,
  { file, from, lines }: ImportRows,
) {
  const { imports } = ws.db.sql;
  const found = await imports.find();
  if (!found || found.isFinished) throw new Failure("import.not_running");
  const done = toProgress(found)[file];
  if (from > done) throw new Failure("import.gap");
  await insert({ ws, services, salt: found.salt }, file, lines).catch(explainConstraint);
  const imported = Math.max(done, from + lines.length);
  await imports.setProgress(file, imported);
  return { imported };
}

function insert(running: RunningImport, file: FileName, lines: readonly string[]): Promise<void> {
  switch (file) {
    case "members":
      return insertMembers(running, parseLines(workspaceRows.members, lines));
    case "invites":
      return insertInvites(running, parseLines(workspaceRows.invites, lines));
    case "serviceKeys":
      return insertKeys(running, parseLines(workspaceRows.serviceKeys, lines));
    case "projects":
      return insertProjects(running, parseLines(workspaceRows.projects, lines));
    case "tasks":
      return insertTasks(running, parseLines(workspaceRows.tasks, lines));
    case "history":
      return insertHistory(running, parseLines(workspaceRows.history, lines));
  }
}

/** What a violated constraint means for the rows of an export. */
const PROBLEMS: Readonly<Record<string, string>> = {
  tasks_workspace_id_project_id_external_id_key: "Two tasks of a project have the same externalId.",
  invites_one_pending: "Two open invites have the same address.",
};

function explainConstraint(error: unknown): never {
  const constraint = brokenConstraint(error) ?? "";
  if (constraint === "tasks_workspace_id_project_id_fkey") throw new Failure("project.not_found");
  const problem = PROBLEMS[constraint];
  throw problem === undefined ? error : invalidFields({ lines: [problem] });
}
