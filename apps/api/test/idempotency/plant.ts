import { randomUUID } from "node:crypto";
import { insertRows } from "@projostack/db/testing";
import type { Person, TestServer } from "../kit/index.ts";

/** Inserts a project. @returns its id */
export async function plantProject(
  { database }: TestServer,
  workspaceId: string,
  { id: userId }: Person,
): Promise<string> {
  const id = randomUUID();
  const values = { id, workspace_id: workspaceId, name: "Looms", created_by: userId };
  await insertRows(database, [{ table: "projects", values }]);
  return id;
}

/** Makes the creation of each project with this name take three seconds, longer than a second call waits. */
export const slowProjects = ({ database }: TestServer, name: string) =>
  database.owner(`
    CREATE FUNCTION slow_project() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON projects FOR EACH ROW WHEN (NEW.name = '${name}') EXECUTE FUNCTION slow_project();
  `);
