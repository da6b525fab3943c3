// A server on a PostgreSQL whose owner may not create roles. Its functions run with the rights of that owner, and the policies
// apply to them too.
import {
  createTestDatabase,
  setUp,
  startGivenPostgres,
  type GivenPostgres,
  type TestDatabase,
} from "@projostack/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { foundWorkspace, signUp, startProgram, startServerOver, type TestServer } from "../kit/index.ts";

const owner = "plain_owner";

let postgres: GivenPostgres;
let other: TestDatabase;
beforeAll(async () => {
  postgres = await startGivenPostgres();
  other = await createTestDatabase();
});
afterAll(async () => {
  await postgres.stop();
  await other.drop();
});

/** Starts a server whose database is that of `env`. */
const serverOf = (env: { DATABASE_URL: string }): Promise<TestServer> => startServerOver(other, env);

const environment = (database: string) => ({
  PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
  DATABASE_URL: postgres.urlOf("projo_server", database),
});

it("serves every kind of call after an administrator ran the printed SQL", async () => {
  const database = await postgres.create({ owner });
  const env = environment(database);
  const { sql } = await setUp(env);
  await postgres.admin(sql, database);
  expect(await setUp(env)).toMatchObject({ code: 0 });

  const server = await serverOf({ DATABASE_URL: env.DATABASE_URL });
  const ada = await signUp(server, "ada");
  const workspace = await foundWorkspace(ada);
  const project = await ada.call("projects.create", { name: "Engine" }, workspace);
  const task = await ada.call("tasks.create", { projectId: project.data.id, title: "Build it" }, workspace);
  expect(await ada.call("tasks.list", {}, workspace)).toMatchObject({
    data: { items: [{ title: "Build it" }] },
  });
  expect(await ada.call("tasks.delete", { id: task.data.id }, workspace)).toMatchObject({ status: 200 });
  const list = await ada.call("audit.list", {}, workspace);
  expect(list.data.items).toEqual(
    expect.arrayContaining([expect.objectContaining({ action: "task.deleted" })]),
  );
  expect(await ada.call("audit.verify", {}, workspace)).toMatchObject({
    status: 200,
    data: { intact: true, done: true },
  });
  await server.close();
});

it("migrates at the start of the server when the administrator has created the roles", async () => {
  const database = await postgres.create({ owner });
  const env = environment(database);
  const { sql } = await setUp(env);
  await postgres.admin(sql, database);
  const server = await serverOf(env);
  expect((await signUp(server, "bea")).token).toMatch(/^pja_/);
  await server.close();
});

it("ends the start with one line when the owner lacks a right", async () => {
  const database = await postgres.create({ owner });
  const child = startProgram(["serve"], {
    ...environment(database),
    PORT: "0",
    PROJO_DATA_DIR: "/nonexistent",
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  expect(stderr).toMatch(
    /^PROJO_DATABASE_OWNER_URL: the login plain_owner may not complete the set-up[^\n]+`projostack migrate`[^\n]+\n$/,
  );
  expect(child.exitCode).not.toBe(0);
});
