import type { TaskStatus } from "@projostack/sdk";

/** A file with more names than this has another text in its status column. */
const MAX_NAMES = 50;

/** Counts the status names of a file, for the description of the result. */
export class StatusTally {
  /** The status of each name that is not itself a status. */
  readonly mapped = new Map<string, TaskStatus>();
  /** The number of rows of each name that is unknown. */
  readonly unknown = new Map<string, number>();

  addMapped(name: string, status: TaskStatus): void {
    if (name !== status && this.mapped.size < MAX_NAMES) this.mapped.set(name, status);
  }

  addUnknown(name: string): void {
    const count = this.unknown.get(name);
    if (count !== undefined || this.unknown.size < MAX_NAMES) this.unknown.set(name, (count ?? 0) + 1);
  }
}

/** Lists the statuses that names became; undefined when there are none. */
export function describeMapped({ mapped }: StatusTally): string | undefined {
  if (mapped.size === 0) return undefined;
  return `Status names: ${[...mapped].map(([name, status]) => `"${name}" is ${status}`).join(", ")}.`;
}

/** Lists unknown names with the option that maps them; undefined when there are none. */
export function describeUnknown({ unknown }: StatusTally, outcome: string): string | undefined {
  if (unknown.size === 0) return undefined;
  const names = [...unknown].map(([name, rows]) => `"${name}" (${rows === 1 ? "1 row" : `${rows} rows`})`);
  const option = [...unknown.keys()].map((name) => `${name}=todo`).join(",");
  return (
    `Unknown status names${outcome}: ${names.join(", ")}. ` +
    `Map them to todo, doing or done, for example: --status "${option.replaceAll(/["\\$`]/g, "\\$&")}"`
  );
}
