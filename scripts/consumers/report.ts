// A part of the report of `pnpm sdk:consumers`: a title, the lines to print, and the problems that make the command fail.
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

/** Prints rows as columns of equal width. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Runs tasks, at most `limit` at the same time. @returns the results in the order of the tasks */
export async function inParallel<T>(limit: number, tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const queue = tasks.entries();
  const work = async () => {
    for (const [index, task] of queue) results[index] = await task();
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}

/** The output of a failed program, or the message of another error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
