import type { RunningImport } from "./running-import.ts";

/**
 * Returns the users of people of the other server, by their ids there. A person who is not known yet gets a user who cannot sign
 * in and stands for the person.
 */
export async function authorsOf(
  { ws }: Pick<RunningImport, "ws">,
  sourceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { imports } = ws.db.sql;
  const wanted = [...new Set(sourceIds)];
  const known = await imports.authors(wanted);
  const missing = wanted.filter((sourceId) => !known.has(sourceId));
  if (missing.length === 0) return known;
  await imports.addAuthors(
    missing.map((sourceId) => ({
      id: ws.newId(),
      sourceId,
      email: null,
      role: null,
      placeholderId: ws.newId(),
    })),
  );
  return imports.authors(wanted);
}
