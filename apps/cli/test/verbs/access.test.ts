// Service keys, sessions and workspaces.
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EMAIL, expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "../kit.ts";
import { jsonOf } from "../people.ts";
import { recording } from "./recording.ts";

let server: TestServer;
let ann: Shell;
beforeAll(async () => {
  server = await startTestServer();
  ann = await openSignedIn(server.url);
});
afterAll(async () => {
  await ann?.close();
  await server?.close();
});

const projo = (...argv: string[]) => expectDone(ann.projo(argv));

it("service keys are shown and revoked, several at once", async () => {
  for (const name of ["ci", "deploy", "spare"]) await projo("keys", "create", name, "--scopes", "task:read");
  const ci = await jsonOf<{ id: string }>(ann, "keys", "get", "CI");
  const { out } = await projo("keys", "get", ci.id.slice(0, 24).toUpperCase());
  expect(out).toMatch(
    /^ID: +[0-9a-f-]{36}\nName: +ci\nStatus: +active\nRole: +member\nScopes: +task:read\nCreated by: +ann@example.com\n/,
  );
  const argv = ["keys", "revoke", ci.id, "deploy"];
  expect(await ann.projo(argv)).toMatchObject({
    code: 2,
    err: "projo: There is no terminal to ask for confirmation. To revoke 2 service keys, add --yes\n",
  });
  const { err } = await expectDone(ann.projo(argv, { types: [["Revoke 2 service keys?", "y"]] }));
  expect(err).toContain("  ci\n  deploy\n");
  expect(err).toContain("Revoked the service key deploy: it no longer works.");
  expect(await jsonOf(ann, "keys", "get", ci.id)).toMatchObject({ status: "revoked" });
  expect((await ann.projo(["keys", "get", "ci", "spare"])).err).toContain('There is no service key "ci".');
});

it("sessions are shown and ended, several at once, also the own one", async () => {
  const other = await openShell(server.url);
  await expectDone(other.projo(["login", EMAIL, "--password-stdin"], { stdin: PASSWORD }));
  const { items } = await jsonOf<{ items: { id: string; current: boolean }[] }>(other, "sessions", "list");
  const [own, first] = [items.find(({ current }) => current), items.find(({ current }) => !current)];
  const { out } = await expectDone(other.projo(["sessions", "get", (own?.id ?? "").slice(0, 24)]));
  expect(out).toMatch(/^ID: +[0-9a-f-]{36}\nDevice: +projo\/.*\nIP: +127\.0\.0\.1\n[^]*Current: +yes\n$/);
  const { code, err } = await other.projo([
    "sessions",
    "revoke",
    "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11",
    own?.id ?? "",
  ]);
  expect(code).toBe(1);
  expect(err).toContain("You have no such session.");
  expect(err).toContain("Ended this session: you are signed out here.\n");
  expect((await other.projo(["sessions", "list"])).code).toBe(4);
  await projo("sessions", "get", first?.id ?? "");
  await other.close();
});

describe("A workspace", () => {
  it("is shown with its content: the selected one, or those that are named", async () => {
    await projo("projects", "create", "Website");
    await projo("tasks", "create", "One", "--project", "Website");
    const { out } = await projo("workspaces", "get");
    expect(out).toMatch(
      /^ID: +[0-9a-f-]{36}\nName: +Acme\nYour role: +admin\nContent: +1 member, 1 project, 1 task and 3 service keys\n/,
    );
    const acme = await jsonOf<{ id: string }>(ann, "workspaces", "show", "acme");
    const { fetch, operations } = recording();
    await expectDone(ann.projo(["workspaces", "get", acme.id, "--json"], { fetch }));
    expect(operations).toEqual(["workspaces.get"]);
    const absent = "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11";
    const several = await ann.projo(["workspaces", "get", acme.id, absent, "--json"]);
    expect(several.code).toBe(1);
    expect(JSON.parse(several.out)).toMatchObject([
      { id: acme.id, counts: { tasks: 1 } },
      { given: absent, error: { reason: "workspace.not_found" } },
    ]);
  });

  it("is deleted by its name, which says what goes with it, and restored", async () => {
    await projo("workspaces", "create", "Doomed");
    await projo("projects", "create", "Website");
    await projo("tasks", "create", "One", "--project", "Website");
    await projo("workspaces", "use", "Acme");
    const content = "1 member, 1 project, 1 task and 0 service keys";
    const { err } = await expectDone(
      ann.projo(["workspaces", "delete", "doomed"], { types: [["Type its name", "Doomed\r"]] }),
    );
    // The terminal has 80 columns, so the question takes two lines.
    expect(err).toMatch(
      new RegExp(`This deletes the workspace Doomed with ${content}.`.replaceAll(" ", String.raw`\s+`)),
    );
    expect(err).toContain(`Deleted the workspace Doomed with ${content}. All members have lost access.\n`);
    const restored = await ann.projo(["workspaces", "restore"], { types: [["Which workspace?", "\r"]] });
    expect(restored.err).toContain("Restored the workspace Doomed");
    const again = await ann.projo(["workspaces", "rm", "Doomed", "--yes", "--name", "Doomed", "--json"]);
    expect(JSON.parse(again.out)).toMatchObject({
      name: "Doomed",
      counts: { members: 1, projects: 1, tasks: 1 },
    });
    expect((await projo("workspaces", "ls")).out).toMatch(/\tAcme\tadmin\t/);
  });
});
