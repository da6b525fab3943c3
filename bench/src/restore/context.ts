import type { Machine } from "./cluster.ts";
import type { Report } from "./report.ts";
import type { RowCounts } from "./row-counts.ts";

export interface DrillOptions {
  readonly machine: Machine;
  readonly workspaces: number;
  /** Tasks that are added before the backups. */
  readonly rows: number;
  /** Whether the build of the server runs instead of its sources. */
  readonly isBuilt: boolean;
  /** Prepares the backup role with policies instead of BYPASSRLS. Base backups ignore both, so only dumps are taken. */
  readonly policies: boolean;
  /** Dumps as the owner without the backup role, which must fail. */
  readonly asOwner: boolean;
  readonly print: (line: string) => void;
}

/** What a step of the drill needs. */
export interface DrillContext extends Omit<DrillOptions, "print"> {
  readonly report: Report;
  /** The environment of every server: the keys must be those of before. */
  readonly env: Readonly<Record<string, string>>;
  /** Started clusters and servers, to stop at the end. */
  readonly started: { stop(): Promise<void> }[];
}

export interface Recoverable {
  /** The target of the recovery, as a timestamp of PostgreSQL. */
  readonly time: string;
  /** The rows at that time. */
  readonly expected: RowCounts;
}
