import pg from "pg";

/** PostgreSQL refused the statement itself. An error of the connection or of the server's state is no refusal. */
export function isRefusal(error: unknown): error is pg.DatabaseError {
  if (!(error instanceof pg.DatabaseError)) return false;
  const { code = "", severity } = error;
  // 08: connection; 25006: read-only; 53: resources; 57: shutdown; 58: system.
  return severity !== "FATAL" && code !== "25006" && !/^(08|53|57|58)/.test(code);
}

const RACES = ["simple_heap_update", "simple_heap_delete"];

/** What PostgreSQL said, in one line. */
export const saidBy = ({ message }: pg.DatabaseError): string => message.replaceAll(/\s*\n\s*/g, " ");

/**
 * Runs a statement about a role. It is repeated while PostgreSQL refuses it because another session changed the role at the
 * same time, and it succeeds if that session has created the role.
 */
export async function retryOnRace(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      // duplicate_object, or unique_violation of the catalogue.
      if (code === "42710" || code === "23505") return;
      // "tuple concurrently updated". Services use the same code XX000 for refusals of their own.
      const isRace = error instanceof pg.DatabaseError && RACES.includes(error.routine ?? "");
      if (!isRace || tries === 50) throw error;
    }
  }
}
