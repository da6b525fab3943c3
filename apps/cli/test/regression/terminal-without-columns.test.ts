// Terminals of CI jobs and of some containers report 0 columns.
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectDone, openSignedIn, type Shell } from "../kit.ts";

let server: TestServer;
let shell: Shell;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

it("prints a table as for 80 columns", async () => {
  const name = "The first project of this year";
  await expectDone(shell.projo(["projects", "create", name]));
  const wide = await expectDone(shell.projo(["projects", "list"], { columns: 80 }));
  const unknown = await expectDone(shell.projo(["projects", "list"], { columns: 0 }));
  expect(unknown.out).toBe(wide.out);
  expect(unknown.out).toContain(name.slice(0, 20));
});
