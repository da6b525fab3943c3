// The files of an exported workspace. docs/workspace-export.md documents them.
import type { WorkspaceTable } from "@projostack/sdk";

export const MANIFEST = "manifest.json";
/** The state of an export that is not complete. */
export const STATE = "export.json";
/** The lock of the process that writes the export. */
export const LOCK = "export.lock";
/** Names of files that a killed process may leave: a file that was not complete, the lock, and a draft of the state. */
const LEFT_FILES = /^(?:[a-z0-9-]+\.(?:nd)?json\.part|export\.lock|export\.(?:lock|json)\.[\da-z.-]+)$/;
export const isLeftFile = (name: string): boolean => LEFT_FILES.test(name);

/** The audit log of the server that exported the workspace. */
export const AUDIT = "audit.ndjson";

export const tableFiles = {
  members: "members.ndjson",
  invites: "invites.ndjson",
  serviceKeys: "service-keys.ndjson",
  projects: "projects.ndjson",
  tasks: "tasks.ndjson",
} as const satisfies Record<WorkspaceTable, string>;

/** The tables in the order in which they are imported. */
export const tables = Object.keys(tableFiles) as WorkspaceTable[];

/** The audit log of an earlier server, numbered from the oldest. */
export const historyFile = (log: number): string => `history-${log}.ndjson`;
