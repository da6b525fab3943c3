import { can, policy, roles, type Permission } from "@projostack/authz";
import { operations, type Access } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  again,
  arrive,
  call,
  foundWorkspace,
  join,
  signUp,
  startSession,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { inputOf, inputs, setScene, type Scene } from "./inputs.ts";

const strangers = ["nobody", "garbage token", "expired session"] as const;
const actors = [...strangers, ...roles, "admin elsewhere"] as const;
type Actor = (typeof actors)[number];

let server: TestServer;
let people: Record<Exclude<Actor, (typeof strangers)[number]>, Person>;
let workspaceId: string;
let elsewhereId: string;
let account: Person;

beforeAll(async () => {
  server = await startTestServer();
  account = await signUp(server, "account");
  const [viewer, member, admin, elsewhere] = (await Promise.all(
    ["viewer", "member", "admin", "elsewhere"].map((name) => arrive(server, name)),
  )) as [Person, Person, Person, Person];
  people = { viewer, member, admin, "admin elsewhere": elsewhere };
  workspaceId = await foundWorkspace(admin);
  elsewhereId = await foundWorkspace(elsewhere);
  await join(server, workspaceId, viewer, "viewer");
  await join(server, workspaceId, member, "member");
});
afterAll(() => server.close());

/** A token of the actor's that no other call has used up. */
async function tokenOf(actor: Actor): Promise<string | undefined> {
  if (actor === "nobody") return undefined;
  if (actor === "garbage token") return `pja_${"A".repeat(64)}`;
  if (actor === "expired session") return (await startSession(server, people.admin.id, -1)).token;
  return (await startSession(server, people[actor].id)).token;
}

/** The id of a session for the actor to name: their own, where they have any. */
async function anotherSessionOf(actor: Actor): Promise<string> {
  const isPerson = actor !== "nobody" && actor !== "garbage token" && actor !== "expired session";
  return (await startSession(server, isPerson ? people[actor].id : people.admin.id)).sessionId;
}

/** What the policy says, and nothing else. */
function verdictOn(access: Access, actor: Actor): string {
  if (access === "public") return "200";
  if (actor === "nobody" || actor === "garbage token" || actor === "expired session") {
    return "401 auth.unauthenticated";
  }
  if (access === "session") return "200";
  if (actor === "admin elsewhere") return "404 workspace.not_found";
  return can(actor, access) ? "200" : "403 permission.denied";
}

async function tried(name: string, actor: Actor, scene: Scene): Promise<string> {
  // A session operation is about what is the caller's own.
  const ofWorkspace = actor === "admin elsewhere" ? { ...scene, workspaceId: elsewhereId } : scene;
  const own = { ...ofWorkspace, sessionId: await anotherSessionOf(actor) };
  const token = await tokenOf(actor);
  const answer = await call(server.url, name, { input: inputOf(name, own), token, workspaceId });
  return [answer.status, answer.error?.reason].filter((part) => part !== undefined).join(" ");
}

describe("M4 who may call what", () => {
  it("has a valid input for every operation, and for no other", () => {
    expect(Object.keys(inputs).toSorted()).toEqual(operations.map(({ name }) => name));
  });

  it.each(operations)("M4 $name: answers every actor as the policy says", async ({ name, operation }) => {
    const expected: Record<string, string> = {};
    const found: Record<string, string> = {};
    for (const actor of actors) {
      const scene = await setScene(server, people.admin, { workspaceId, email: account.email });
      expected[actor] = verdictOn(operation.access, actor);
      found[actor] = await tried(name, actor, scene);
    }
    expect(found).toEqual(expected);
  });

  // When it changed on purpose: npx vitest run apps/api/test/proofs --update
  it("M4 the printed matrix is the one that holds", async () => {
    await expect(matrix()).toMatchFileSnapshot("access-matrix.md");
  });
});

describe("M5 a viewer", () => {
  it("M5 leaves every row of the workspace as it was, whatever they call", async () => {
    const scene = await setScene(server, people.admin, { workspaceId, email: account.email });
    const before = await rowsOfWorkspace();
    const viewer = await again(server, people.viewer);
    const member = await again(server, people.member);
    const ofWorkspaces = operations.filter(({ operation }) => isPermission(operation.access));
    for (const { name } of ofWorkspaces) {
      await viewer.call(name, inputOf(name, scene), workspaceId);
    }
    expect(ofWorkspaces.length).toBeGreaterThan(8);
    expect(await rowsOfWorkspace()).toEqual(before);
    // The same calls by a member do change rows.
    await member.call("tasks.delete", inputOf("tasks.delete", scene), workspaceId);
    expect(await rowsOfWorkspace()).not.toEqual(before);
  });
});

describe("M2 a change of role", () => {
  it("M2 acts on the next request, and so does a removal", async () => {
    const person = await arrive(server, "passing");
    const change = (role: string) =>
      server.database.owner("UPDATE workspace_members SET role = $1 WHERE user_id = $2", [role, person.id]);
    await join(server, workspaceId, person, "member");
    expect(await person.call("projects.create", { name: "One" }, workspaceId)).toMatchObject({ status: 200 });
    await change("viewer");
    const demoted = await person.call("projects.create", { name: "Two" }, workspaceId);
    expect(demoted.error).toMatchObject({ httpStatus: 403, reason: "permission.denied" });
    await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [person.id]);
    const removed = await person.call("projects.list", {}, workspaceId);
    expect(removed.error).toMatchObject({ httpStatus: 404, reason: "workspace.not_found" });
  });
});

describe("M7 the body", () => {
  const claims = { userId: "admin", role: "admin", workspaceId: "another", createdBy: "another" } as const;

  it.each(operations)("M7 $name takes nobody's word for who they are", async ({ name }) => {
    const scene = await setScene(server, people.admin, { workspaceId, email: account.email });
    const input = inputOf(name, scene);
    // `workspaces.switch` names the workspace to switch to, and `tasks.list` whose tasks to show.
    const own: Record<string, readonly string[]> = {
      "workspaces.switch": ["workspaceId"],
      "tasks.list": ["createdBy"],
    };
    const strange = Object.entries(claims).filter(([field]) => !(own[name] ?? []).includes(field));
    expect(strange.length).toBeGreaterThanOrEqual(3);
    const admin = await again(server, people.admin);
    for (const [field, value] of strange) {
      const answer = await admin.call(name, { ...input, [field]: value }, workspaceId);
      expect(answer.error, field).toMatchObject({ httpStatus: 400, reason: "input.invalid" });
      expect(answer.error?.fieldErrors?.[""], field).toEqual([`Unrecognized key: "${field}"`]);
    }
  });
});

const isPermission = (access: Access): access is Permission => access in policy;

const rowsOfWorkspace = () =>
  server.database.owner(
    `SELECT t::text FROM tasks t WHERE workspace_id = $1 UNION ALL SELECT p::text FROM projects p WHERE workspace_id = $1
      UNION ALL SELECT a::text FROM audit_logs a WHERE workspace_id = $1
      UNION ALL SELECT m::text FROM workspace_members m WHERE workspace_id = $1
      UNION ALL SELECT w::text FROM workspaces w WHERE id = $1 ORDER BY 1`,
    [workspaceId],
  );

function matrix(): string {
  const header = ["operation", "access", ...actors];
  const body = operations.map(({ name, operation: { access } }) => [
    name,
    access,
    ...actors.map((actor) => verdictOn(access, actor)),
  ]);
  const widths = header.map((_, column) =>
    Math.max(...[header, ...body].map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = [header, widths.map((width) => "-".repeat(width)), ...body].map((cells) =>
    row(cells, widths),
  );
  return [
    "<!-- Printed by access.test.ts, which also calls every operation as every actor. Do not edit. -->",
    "",
    "# What each actor is answered",
    "",
    ...lines,
    "",
  ].join("\n");
}

const row = (cells: readonly string[], widths: readonly number[]): string =>
  `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
