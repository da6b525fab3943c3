// Names were compared byte for byte: a name that was typed on another keyboard or copied from another program was not found.
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

const projo = async (...args: string[]) => (await expectDone(shell.projo(args))).out;
const tasksIn = (project: string) => projo("tasks", "list", "--project", project);

describe("A project is found by its name", () => {
  it.each([
    ["decomposed accents", "Café Zürich", "Cafe\u0301 Zu\u0308rich"],
    ["Hangul in letters", "한글 문서", "한글 문서".normalize("NFD")],
    ["other case", "Größe", "GRÖSSE"],
    ["a final sigma", "ΟΔΟΣ", "οδος"],
    ["Turkish letters", "İZMİR ISPARTA", "izmir ısparta"],
    ["full-width letters", "Ｐｌａｎ", "plan"],
    ["a no-break space", "Web\u00a0shop", "web  shop"],
    ["a zero-width space", "Docs\u200b", "Docs"],
    ["a joiner of Persian", "می\u200cخواهم", "میخواهم"],
  ])("with %s", async (_, name, typed) => {
    await projo("projects", "create", name);
    await projo("tasks", "create", "Found", "--project", typed);
    expect(await tasksIn(typed)).toContain("Found");
    expect(await tasksIn(name)).toContain("Found");
    expect(await projo("projects", "list", "--search", typed)).not.toBe("");
    await projo("projects", "delete", typed, "--yes");
  });

  it("exactly, if another project has an equal name", async () => {
    await projo("projects", "create", "web");
    await projo("projects", "create", "Web");
    await projo("tasks", "create", "In small", "--project", "web");
    expect(await tasksIn("web")).toContain("In small");
    expect(await tasksIn("Web")).not.toContain("In small");
    const { code, err } = await shell.projo(["tasks", "list", "--project", "WEB"]);
    expect(code).toBe(1);
    expect(err).toContain('2 projects have the name "WEB". Use the id instead');
  });
});

describe("Other names", () => {
  it("find workspaces and service keys in the same way", async () => {
    await projo("workspaces", "create", "Büro");
    await projo("workspaces", "use", "BU\u0308RO");
    await projo("keys", "create", "Straße", "--scopes", "task:read");
    await projo("keys", "revoke", "STRASSE", "--yes");
    await projo("workspaces", "delete", "--yes", "--name", "Bu\u0308ro");
    await projo("workspaces", "restore", "büro");
    expect(await projo("workspaces", "list")).toContain("Büro");
  });
});
