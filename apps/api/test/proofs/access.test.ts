import { can, canBeScope, permissions, policy, type Permission, type Role } from "@projostack/authz";
import { operations, type Access, type NamedOperation } from "@projostack/contract";
import { workspaceState } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
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
import {
  fixtures,
  inputOf,
  operationFixture,
  permissionsFor,
  setScene,
  tokenFor,
  type Scene,
} from "../resources/index.ts";
import { printTable } from "./print-table.ts";

/** The facts about an actor that the policy needs: whether the server knows the actor, and their role in the workspace. */
interface Standing {
  readonly isKnown: boolean;
  readonly role: Role | null;
  /** The scopes of a service key. */
  readonly scopes?: readonly Permission[];
}

const unknown = { isKnown: false, role: null } as const;
const keyOf = (role: Role): Standing => ({
  isKnown: true,
  role,
  scopes: permissions.filter((permission) => canBeScope(role, permission)),
});

const standings = {
  nobody: unknown,
  "garbage token": unknown,
  "expired session": unknown,
  viewer: { isKnown: true, role: "viewer" },
  member: { isKnown: true, role: "member" },
  admin: { isKnown: true, role: "admin" },
  "admin elsewhere": { isKnown: true, role: null },
  "removed member": { isKnown: true, role: null },
  "admin of it, deleted": { isKnown: true, role: null },
  "viewer key": keyOf("viewer"),
  "member key": keyOf("member"),
  "admin key": keyOf("admin"),
  "key of one scope": { isKnown: true, role: "admin", scopes: ["task:read"] },
  "revoked key": unknown,
  "expired key": unknown,
  "key elsewhere": { ...keyOf("admin"), role: null },
} as const satisfies Record<string, Standing>;

type Actor = keyof typeof standings;
const actors = Object.keys(standings) as Actor[];

/** The outcome that the policy demands for a caller who is not the author of what the call is about. */
function verdictOn(one: NamedOperation, { isKnown, role, scopes }: Standing): string {
  const { access } = one.operation;
  if (access === "public") return "200";
  if (!isKnown) return "401 auth.unauthenticated";
  if (access === "session") return scopes ? "403 auth.person_required" : "200";
  if (role === null) return "404 workspace.not_found";
  const holds = (permission: Permission) =>
    scopes ? scopes.includes(permission) && canBeScope(role, permission) : can(role, permission);
  return permissionsFor(one).every(holds) ? "200" : "403 permission.denied";
}

let server: TestServer;
let people: Record<Role | "elsewhere" | "removed" | "ruined", Person>;
let keys: Partial<Record<Actor, string>>;
let workspaceId: string;
let deletedId: string;
let account: Person;

beforeAll(async () => {
  server = await startTestServer();
  account = await signUp(server, "account");
  const [viewer, member, admin, elsewhere, removed, ruined] = (await Promise.all(
    ["viewer", "member", "admin", "elsewhere", "removed", "ruined"].map((name) => arrive(server, name)),
  )) as [Person, Person, Person, Person, Person, Person];
  people = { viewer, member, admin, elsewhere, removed, ruined };
  workspaceId = await foundWorkspace(admin);
  await join(server, workspaceId, viewer, "viewer");
  await join(server, workspaceId, member, "member");
  await join(server, workspaceId, removed, "admin");
  await admin.call("members.remove", { userId: removed.id }, workspaceId);
  deletedId = await foundWorkspace(ruined);
  await ruined.call("workspaces.delete", { name: "Engines" }, deletedId);
  await makeKeys(await foundWorkspace(elsewhere));
});
afterAll(() => server.close());

async function makeKeys(elsewhereId: string): Promise<void> {
  const make = async (
    actor: Actor,
    role: Role,
    { scopes }: Standing,
    by = people.admin,
    place = workspaceId,
  ) => {
    const { data } = await by.call("serviceKeys.create", { name: actor, role, scopes }, place);
    return { id: String(data.id), token: String(data.token) };
  };
  const revoked = await make("revoked key", "admin", standings["admin key"]);
  await people.admin.call("serviceKeys.revoke", { id: revoked.id }, workspaceId);
  const expired = await make("expired key", "admin", standings["admin key"]);
  await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [expired.id]);
  keys = {
    "viewer key": (await make("viewer key", "viewer", standings["viewer key"])).token,
    "member key": (await make("member key", "member", standings["member key"])).token,
    "admin key": (await make("admin key", "admin", standings["admin key"])).token,
    "key of one scope": (await make("key of one scope", "admin", standings["key of one scope"])).token,
    "revoked key": revoked.token,
    "expired key": expired.token,
    "key elsewhere": (
      await make("key elsewhere", "admin", standings["key elsewhere"], people.elsewhere, elsewhereId)
    ).token,
  };
}

/** The user behind an actor, if there is one. */
function personOf(actor: Actor): Person | undefined {
  if (actor === "viewer" || actor === "member" || actor === "admin") return people[actor];
  if (actor === "admin elsewhere") return people.elsewhere;
  if (actor === "removed member") return people.removed;
  return actor === "admin of it, deleted" ? people.ruined : undefined;
}

/** Returns a token of the actor that no other call has used. */
async function tokenOf(actor: Actor): Promise<string | undefined> {
  if (actor === "nobody") return undefined;
  if (actor === "garbage token") return `pja_${"A".repeat(64)}`;
  if (actor === "expired session") return (await startSession(server, people.admin.id, -1)).token;
  const person = personOf(actor);
  return person ? (await startSession(server, person.id)).token : keys[actor];
}

/** Calls the operation as each actor. A call that was refused, or that only read, leaves its scene to the next call. */
async function answersOn({
  name,
  operation: { access, kind },
}: NamedOperation): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  let used: { scene: Scene; caller: Person } | undefined;
  for (const actor of actors) {
    // A session operation acts on the caller's own account.
    const caller = (access === "session" && personOf(actor)) || people.admin;
    const setting = { workspaceId, email: account.email, caller };
    const scene = used?.caller === caller ? used.scene : await setScene(server, people.admin, setting);
    const { status, error } = await call(server.url, name, {
      input: inputOf(name, scene),
      token: await tokenOf(actor),
      workspaceId: actor === "admin of it, deleted" ? deletedId : workspaceId,
    });
    answers[actor] = [status, error?.reason].filter((part) => part !== undefined).join(" ");
    used = kind === "mutation" && status === 200 ? undefined : { scene, caller };
  }
  return answers;
}

describe("M4 access", () => {
  it("M4 every operation has a fixture, and every fixture belongs to an operation", () => {
    const names = [...fixtures].flatMap(([resource, { operations: verbs }]) =>
      Object.keys(verbs).map((verb) => `${resource}.${verb}`),
    );
    expect(names.toSorted()).toEqual(operations.map(({ name }) => name));
  });

  it.each(operations)("M4 $name: answers every actor as the policy demands", async (one) => {
    const expected = actors.map((actor) => [actor, verdictOn(one, standings[actor])]);
    expect(await answersOn(one)).toEqual(Object.fromEntries(expected));
  });

  // Update it with: pnpm generate:printed
  it("M4 access-matrix.md is up to date", async () => {
    await expect(matrix()).toMatchFileSnapshot("access-matrix.md");
  });
});

const authorOnly = operations.filter(({ name }) => operationFixture(name).authorOnly);

describe.runIf(authorOnly.length > 0)("M4 an operation for authors only", () => {
  it.each(authorOnly)("M4 $name: lets the author of the row act", async ({ name }) => {
    const scene = await setScene(server, people.admin, { workspaceId, email: account.email });
    const author = operationFixture(name).authorOnly?.author(scene) ?? "";
    const { token } = await startSession(server, author);
    const answer = await call(server.url, name, { input: inputOf(name, scene), token, workspaceId });
    expect(answer, answer.text).toMatchObject({ status: 200 });
  });
});

describe("M5 a viewer", () => {
  it("M5 changes no row of the workspace by any operation, and neither does a key of that role", async () => {
    const scene = await setScene(server, people.admin, { workspaceId, email: account.email });
    const before = await rowsOfWorkspace();
    const viewer = await again(server, people.viewer);
    const member = await again(server, people.member);
    const ofWorkspaces = operations.filter(({ operation }) => isPermission(operation.access));
    for (const { name } of ofWorkspaces) {
      for (const token of [viewer.token, keys["viewer key"]]) {
        await call(server.url, name, { input: inputOf(name, scene), token, workspaceId });
      }
    }
    expect(ofWorkspaces.length).toBeGreaterThan(8);
    expect(await rowsOfWorkspace()).toEqual(before);
    // The same calls by a member change rows.
    await member.call("tasks.delete", inputOf("tasks.delete", scene), workspaceId);
    expect(await rowsOfWorkspace()).not.toEqual(before);
  });
});

describe("M2 a change of role", () => {
  it("M2 applies from the next request on, and so does a removal", async () => {
    const person = await arrive(server, "passing");
    const admin = await again(server, people.admin);
    await join(server, workspaceId, person, "member");
    expect(await person.call("projects.create", { name: "One" }, workspaceId)).toMatchObject({ status: 200 });
    await admin.call("members.changeRole", { userId: person.id, role: "viewer" }, workspaceId);
    const demoted = await person.call("projects.create", { name: "Two" }, workspaceId);
    expect(demoted.error).toMatchObject({ httpStatus: 403, reason: "permission.denied" });
    await admin.call("members.remove", { userId: person.id }, workspaceId);
    const removed = await person.call("projects.list", {}, workspaceId);
    expect(removed.error).toMatchObject({ httpStatus: 404, reason: "workspace.not_found" });
  });
});

describe("M7 the request body", () => {
  const claims = { userId: "admin", role: "admin", workspaceId: "another", createdBy: "another" } as const;
  // The test of the contract lists the operations whose input has one of these fields, with the reason.
  it.each(operations)("M7 $name rejects a field that claims an identity", async ({ name, operation }) => {
    const scene = await setScene(server, people.admin, { workspaceId, email: account.email });
    const input = inputOf(name, scene);
    const { properties = {} } = z.toJSONSchema(operation.input, { io: "input" });
    const strange = Object.entries(claims).filter(([field]) => !(field in properties));
    expect(strange.length).toBeGreaterThanOrEqual(2);
    const token = tokenFor(name, await again(server, people.admin), scene);
    for (const [field, value] of strange) {
      const answer = await call(server.url, name, {
        input: { ...input, [field]: value },
        token,
        workspaceId,
      });
      expect(answer.error, field).toMatchObject({ httpStatus: 400, reason: "input.invalid" });
      expect(answer.error?.fieldErrors?.[""], field).toEqual([
        expect.stringContaining(`Has no field "${field}".`),
      ]);
    }
  });

  it("M7 a member who sends the id of an admin or a role still acts as a member", async () => {
    const member = await again(server, people.member);
    const calls: [name: string, input: object][] = [
      ["members.changeRole", { userId: member.id, role: "admin" }],
      ["members.changeRole", { userId: people.admin.id, role: "viewer" }],
      ["members.remove", { userId: people.admin.id }],
      ["invites.create", { email: "friend@example.com", role: "admin" }],
      ["serviceKeys.create", { name: "Mine", role: "admin", scopes: ["member:manage"] }],
    ];
    const before = await rowsOfWorkspace();
    for (const [name, input] of calls) {
      const { error } = await member.call(name, input, workspaceId);
      expect(error, name).toMatchObject({ httpStatus: 403, reason: "permission.denied" });
    }
    expect(await rowsOfWorkspace()).toEqual(before);
  });

  it("M7 a user leaves, restores and selects only a workspace of theirs, whatever x-workspace-id is", async () => {
    const scene = await setScene(server, people.admin, { workspaceId, email: account.email });
    const stranger = await again(server, people.elsewhere);
    for (const [name, id] of [
      ["workspaces.leave", scene.clubId],
      ["workspaces.restore", scene.ruinId],
      ["workspaces.switch", scene.clubId],
    ] as const) {
      const { error } = await stranger.call(name, { workspaceId: id }, workspaceId);
      expect(error, name).toMatchObject({ httpStatus: 404, reason: "workspace.not_found" });
    }
    const before = await rowsOfWorkspace();
    const admin = await again(server, people.admin);
    const left = await admin.call("workspaces.leave", { workspaceId: scene.clubId }, workspaceId);
    expect(left.data).toEqual({ workspaceId: scene.clubId });
    // The admin left the workspace in the input, and its other member is still there.
    expect(await rowsOfWorkspace()).toEqual(before);
    const members = await server.database.owner(
      "SELECT user_id FROM workspace_members WHERE workspace_id = $1",
      [scene.clubId],
    );
    expect(members).toHaveLength(1);
    expect(members).not.toEqual([{ user_id: people.admin.id }]);
  });
});

const isPermission = (access: Access): access is Permission => access in policy;

/** Every row of the workspace, except the audit entries of denied calls. */
async function rowsOfWorkspace() {
  const rows = await workspaceState(server.database, workspaceId);
  return rows.filter(({ table, row }) => table !== "audit_logs" || row["outcome"] === "ok");
}

const matrix = (): string =>
  printTable({
    printedBy: "access.test.ts, which also calls every operation as every actor",
    title: "Outcome of each operation, by actor",
    header: ["operation", "access", ...actors],
    rows: operations.map((one) => [
      one.name,
      one.operation.access,
      ...actors.map((actor) => verdictOn(one, standings[actor])),
    ]),
  });
