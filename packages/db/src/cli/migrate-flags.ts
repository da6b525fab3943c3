// The flags of the migrate command.
import { parseArgs } from "node:util";
import { LOCK_WAIT_SECONDS } from "../migrations/migrate.ts";

export interface MigrateFlags {
  /** Only print what would be done. */
  readonly isPlan: boolean;
  /** Print the plan or the result as JSON. */
  readonly isJson: boolean;
  /** The time in which a migration tries to get its locks. */
  readonly lockWaitSeconds: number;
}

/** The arguments are not those of the command. The message is for the operator. */
export class MigrateFlagsError extends Error {
  override readonly name = "MigrateFlagsError";
}

export const MIGRATE_USAGE = `Usage: migrate [--plan] [--json] [--lock-wait-seconds <number>]

  --plan                 print the pending migrations with their locks, and change nothing
  --json                 print the plan, or the result, as JSON
  --lock-wait-seconds n  the time in which a migration tries to get its locks (default: ${LOCK_WAIT_SECONDS})`;

const LONGEST_WAIT_SECONDS = 86_400;

/** @throws MigrateFlagsError */
export function readMigrateFlags(args: readonly string[]): MigrateFlags {
  const { plan = false, json = false, "lock-wait-seconds": wait } = parse(args);
  return {
    isPlan: plan,
    isJson: json,
    lockWaitSeconds: wait === undefined ? LOCK_WAIT_SECONDS : secondsOf(wait),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        plan: { type: "boolean" },
        json: { type: "boolean" },
        "lock-wait-seconds": { type: "string" },
      },
    }).values;
  } catch (error) {
    const [why = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new MigrateFlagsError(`${why}.\n${MIGRATE_USAGE}`, { cause: error });
  }
}

function secondsOf(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= LONGEST_WAIT_SECONDS) return seconds;
  throw new MigrateFlagsError(`--lock-wait-seconds takes a whole number from 0 to ${LONGEST_WAIT_SECONDS}.`);
}
