// docs/audit.md is written by hand, except that its tables name every audit action and the operations that record it. A row
// that is missing is added here, so that a new action needs no edit of the page.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accountActions, auditActions, operations } from "@projostack/contract";

const path = "docs/audit.md";

/** The page, with a row for each action that had none. */
export function completeAuditPage(root: string): Record<string, string> {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  for (const actions of [auditActions, accountActions]) addMissing(lines, actions);
  return { [path]: lines.join("\n") };
}

/** Adds each missing row after the row of the action before it. */
function addMissing(lines: string[], actions: readonly string[]): void {
  let last = -1;
  for (const action of actions) {
    const at = lines.findIndex((line) => line.startsWith(`| \`${action}\` `));
    if (at >= 0) last = at;
    else if (last >= 0) lines.splice((last += 1), 0, `| \`${action}\` | ${recordedBy(action)} |`);
  }
}

const recordedBy = (action: string): string =>
  operations
    .filter(({ operation }) => operation.records === action)
    .map(({ name }) => `\`${name}\``)
    .join(", ");
