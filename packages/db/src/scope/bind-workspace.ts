import { CURRENT_WORKSPACE_SQL } from "./current-workspace-sql.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";

const boundTexts = new Map<string, string>();

/**
 * Passes the id of the workspace as a parameter. Citus finds the worker of a SELECT by constants and parameters, and would ask
 * every worker for the rows of an expression.
 */
export function bindWorkspace(statement: PreparedStatement, workspaceId: string): PreparedStatement {
  const { text, values } = statement;
  if (!text.includes(CURRENT_WORKSPACE_SQL)) return statement;
  const key = `${values.length} ${text}`;
  let bound = boundTexts.get(key);
  if (bound === undefined) {
    bound = text.replaceAll(CURRENT_WORKSPACE_SQL, `$${values.length + 1}::uuid`);
    if (boundTexts.size < MAX_TEXTS) boundTexts.set(key, bound);
  }
  return { ...statement, text: bound, values: [...values, workspaceId] };
}

const MAX_TEXTS = 500;

/** Puts the id of the workspace into a statement without parameters. */
export const withWorkspace = (text: string, workspaceId: string): string =>
  text.replaceAll(CURRENT_WORKSPACE_SQL, `'${workspaceId}'::uuid`);
