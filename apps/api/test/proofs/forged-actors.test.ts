// M7: the token identifies the caller, and a single x-workspace-id identifies the workspace. No other header, field, cookie or
// parameter gives a caller another identity or more rights.
import { request, type IncomingMessage } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { policy } from "@projostack/authz";
import { operations } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  arrive,
  bytesOf,
  call,
  foundWorkspace,
  join,
  send,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { inputOf, setScene, tokenFor, type Scene } from "../resources/index.ts";
import { withValue } from "./naming-fields.ts";

let server: TestServer;
let ada: Person;
let eve: Person;
let vera: Person;
let scene: Scene;
let evesScene: Scene;
beforeAll(async () => {
  server = await startTestServer();
  [ada, eve, vera] = await Promise.all([
    arrive(server, "ada"),
    arrive(server, "eve"),
    arrive(server, "vera"),
  ]);
  scene = await setScene(server, ada, { workspaceId: await foundWorkspace(ada), email: ada.email });
  evesScene = await setScene(server, eve, { workspaceId: await foundWorkspace(eve), email: ada.email });
  await join(server, scene.workspaceId, vera, "viewer");
});
afterAll(() => server.close());

const inWorkspaces = operations.filter(({ operation }) => operation.access in policy);

/** The claims that a body could make, by the names that the contract and the tables use. */
const claims = (): Readonly<Record<string, unknown>> => ({
  userId: ada.id,
  user_id: ada.id,
  actorUserId: ada.id,
  actor: { userId: ada.id, role: "admin" },
  createdBy: ada.id,
  created_by: ada.id,
  ownerId: ada.id,
  invitedBy: ada.id,
  role: "admin",
  isAdmin: true,
  permissions: ["workspace:delete"],
  scopes: ["workspace:delete"],
  workspaceId: evesScene.workspaceId,
  workspace_id: evesScene.workspaceId,
  tenantId: evesScene.workspaceId,
  keyId: scene.keyId,
  sessionId: scene.sessionId,
  "x-workspace-id": evesScene.workspaceId,
});

interface Level {
  readonly path: readonly string[];
  readonly fields: readonly string[];
}

/** Every object within an input, with the fields that it allows. */
function levelsOf(input: z.ZodType): Level[] {
  const root = z.toJSONSchema(input, { io: "input" });
  const definitions: unknown = root.$defs;
  const found = (schema: unknown, path: readonly string[]): Level[] => {
    if (!isSchema(schema)) return [];
    const { $ref: ref, properties, items } = schema;
    if (typeof ref === "string" && isSchema(definitions))
      return found(definitions[ref.replace("#/$defs/", "")], path);
    if (isSchema(items)) return found(items, [...path, "0"]);
    if (!isSchema(properties)) return [];
    const inside = Object.entries(properties).flatMap(([field, part]) => found(part, [...path, field]));
    return [{ path, fields: Object.keys(properties) }, ...inside];
  };
  return found(root, []);
}

const isSchema = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function at(input: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined || !isSchema(input)) return input;
  return at(input[first], rest);
}

const levels = operations.flatMap(({ name, operation }) =>
  levelsOf(operation.input).map(
    (level) => [`${name} ${level.path.join(".")}`.trim(), { name, ...level }] as const,
  ),
);

describe("M7 the request body", () => {
  it("M7 the walk over the contract reaches the objects within objects", () => {
    const inner = levels.filter(([, { path }]) => path.length > 0).map(([title]) => title);
    expect(inner).toEqual([
      "audit.verify after",
      "audit.verify checkpoint",
      "tasks.createMany items.0",
      "workspaceData.finishImport rows",
    ]);
  });

  it.each(levels)(
    "M7 %s: rejects a field that claims an identity or a workspace, and names it",
    async (_, level) => {
      const { name, path, fields } = level;
      const strange = Object.entries(claims()).filter(([field]) => !fields.includes(field));
      expect(strange.length).toBeGreaterThan(12);
      const right = inputOf(name, scene);
      for (const [field, value] of strange) {
        const part = at(right, path);
        const input = withValue(right, path, { ...(isSchema(part) ? part : {}), [field]: value });
        const { error } = await call(server.url, name, {
          input,
          token: tokenFor(name, ada, scene),
          workspaceId: scene.workspaceId,
        });
        expect(error, field).toMatchObject({ httpStatus: 400, reason: "input.invalid" });
        expect(error?.fieldErrors?.[path.join(".")], field).toContainEqual(
          expect.stringContaining(`Has no field "${field}".`),
        );
      }
    },
  );
});

/** Headers that some gateways and frameworks trust. */
const borrowed = (): Readonly<Record<string, string>> => ({
  "x-user-id": ada.id,
  "x-user": ada.email,
  "x-user-email": ada.email,
  "x-forwarded-user": ada.id,
  "x-forwarded-email": ada.email,
  "x-auth-request-user": ada.id,
  "x-remote-user": ada.id,
  "remote-user": ada.email,
  "x-role": "admin",
  "x-user-role": "admin",
  "x-workspace": scene.workspaceId,
  "x-tenant-id": scene.workspaceId,
  workspace: scene.workspaceId,
  "x-session-id": scene.sessionId,
  "x-access-token": ada.token,
  "x-authorization": `Bearer ${ada.token}`,
  "proxy-authorization": `Bearer ${ada.token}`,
  cookie: `session=${ada.token}; auth_session=${ada.sessionId}; token=${ada.token}`,
  "x-http-method-override": "GET",
  "x-original-url": "/trpc/system.health",
});

/** For these operations each header is also sent alone, in case one header cancels another. */
const eachAlone: ReadonlySet<string> = new Set(["workspaces.get", "workspaces.rename", "tasks.create"]);

const strangers = () => [
  { who: "nobody", token: undefined },
  { who: "somebody of another workspace", token: eve.token },
  { who: "a viewer", token: vera.token },
];

describe("M7 headers and URLs", () => {
  it.each(inWorkspaces)(
    "M7 $name: a header, a cookie or a parameter gives no more rights",
    async ({ name, operation }) => {
      const input = inputOf(name, scene);
      const isQuery = operation.kind === "query";
      for (const { who, token } of strangers()) {
        const ask = (
          headers: Readonly<Record<string, string>>,
          query: Readonly<Record<string, string>> = {},
        ) => {
          const search = new URLSearchParams({
            ...query,
            ...(isQuery ? { input: JSON.stringify(input) } : {}),
          });
          return send(`${server.url}/trpc/${name}?${search.toString()}`, {
            method: isQuery ? "GET" : "POST",
            headers: {
              ...(isQuery ? {} : { "content-type": "application/json" }),
              ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
              "x-workspace-id": scene.workspaceId,
              "x-request-id": "the-same",
              ...headers,
            },
            ...(isQuery ? {} : { body: JSON.stringify(input) }),
          });
        };
        const plain = await ask({});
        // The viewer has the permission for this operation.
        if (plain.status === 200) continue;
        expect([401, 403, 404], who).toContain(plain.status);
        const all = borrowed();
        for (const answer of [
          ...(await Promise.all(
            eachAlone.has(name) ? Object.entries(all).map(([header, value]) => ask({ [header]: value })) : [],
          )),
          await ask(all),
          await ask(
            {},
            { userId: ada.id, role: "admin", token: ada.token, authorization: `Bearer ${ada.token}` },
          ),
          await ask(
            {},
            { workspaceId: scene.workspaceId, access_token: ada.token, connectionParams: "null" },
          ),
        ]) {
          expect(bytesOf(answer), who).toBe(bytesOf(plain));
        }
      }
      // The same call succeeds for Ada, whom all the claims name.
      const control = await call(server.url, name, {
        input: inputOf(name, scene),
        token: tokenFor(name, ada, scene),
        workspaceId: scene.workspaceId,
      });
      expect(control.status, control.text).toBe(200);
      scene = await setScene(server, ada, { workspaceId: scene.workspaceId, email: ada.email });
    },
  );

  it("M7 U7 the audit entry of a denied call names the viewer, although the headers name an admin", async () => {
    // This workspace has no other denials. Beyond 100 denials an hour the log only counts them.
    const { workspaceId } = evesScene;
    await join(server, workspaceId, vera, "viewer");
    const answer = await call(server.url, "workspaces.rename", {
      input: { name: "Mine" },
      token: vera.token,
      workspaceId,
      headers: { ...borrowed(), "x-user-id": eve.id, "x-request-id": "forged-headers" },
    });
    expect(answer.error?.reason).toBe("permission.denied");
    const entries = await server.database.owner(
      "SELECT actor_user_id FROM audit_logs WHERE workspace_id = $1 AND request_id = 'forged-headers'",
      [workspaceId],
    );
    expect(entries).toEqual([{ actor_user_id: vera.id }]);
  });
});

/** Sends the header once for each value. `fetch` would join the values. */
async function list(...workspaceIds: string[]): Promise<[status: number | undefined, text: string]> {
  const headers = {
    authorization: `Bearer ${ada.token}`,
    "x-request-id": "the-same",
    "x-workspace-id": workspaceIds,
  };
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${server.url}/trpc/tasks.list`, { headers }, resolve).on("error", reject).end();
  });
  return [message.statusCode, await textOf(message)];
}

const spelled = (id: string) => [id.toUpperCase(), ` ${id}`, `${id}\t`, `  ${id.toUpperCase()} `];

describe("M7 x-workspace-id", () => {
  it("M7 sent twice is answered like an absent workspace, even if one of the two is the caller's", async () => {
    const absent = await list("0190a6f0-0000-7000-8000-00000000abcd");
    expect(absent[0]).toBe(404);
    const [own, foreign] = [scene.workspaceId, evesScene.workspaceId];
    for (const twice of [
      [own, foreign],
      [foreign, own],
      [own, own],
      ["", own],
      [own, ""],
    ]) {
      expect(await list(...twice), twice.join()).toEqual(absent);
    }
    expect((await list(own))[0]).toBe(200);
  });

  it("M7 in upper case or with surrounding blanks names the same workspace and gives no more access", async () => {
    const absent = await list("0190a6f0-0000-7000-8000-00000000abcd");
    for (const spelling of spelled(evesScene.workspaceId)) expect(await list(spelling)).toEqual(absent);
    const own = await list(scene.workspaceId);
    for (const spelling of spelled(scene.workspaceId)) expect(await list(spelling)).toEqual(own);
    expect(own[1]).toContain(scene.taskId);
  });
});

const batch = async (names: readonly string[], inputs: readonly unknown[], isQuery: boolean) => {
  const input = JSON.stringify(Object.fromEntries(inputs.entries()));
  const query = isQuery ? `&input=${encodeURIComponent(input)}` : "";
  const { text } = await send(`${server.url}/trpc/${names.join(",")}?batch=1${query}`, {
    method: isQuery ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${ada.token}`,
      "x-workspace-id": scene.workspaceId,
      "x-request-id": "the-same",
      ...(isQuery ? {} : { "content-type": "application/json" }),
    },
    ...(isQuery ? {} : { body: input }),
  });
  return JSON.parse(text) as { result?: { data: unknown }; error?: { data: { reason: string } } }[];
};

describe("M7 I13 a batch", () => {
  const absent = "0190a6f0-0000-7000-8000-00000000abcd";

  it("M7 I13 with ids of several workspaces reads only the rows of the workspace in its header", async () => {
    const ids = [scene.taskId, evesScene.taskId, absent, scene.taskId, evesScene.taskId, absent];
    const answers = await batch(
      ids.map(() => "tasks.get"),
      ids.map((id) => ({ id })),
      true,
    );
    const [own, foreign, missing] = answers;
    expect(own).toMatchObject({ result: { data: { id: scene.taskId } } });
    expect(foreign).toEqual(missing);
    expect(foreign).toMatchObject({ error: { data: { reason: "task.not_found" } } });
    expect(answers.slice(3)).toEqual(answers.slice(0, 3));
  });

  it("M7 I13 with changes to several workspaces changes only the workspace in its header", async () => {
    const titles = () =>
      server.database.owner("SELECT title FROM tasks WHERE workspace_id = $1 ORDER BY id", [
        evesScene.workspaceId,
      ]);
    const before = await titles();
    const answers = await batch(
      ["workspaces.switch", "tasks.update", "tasks.update", "tasks.update"],
      [
        { workspaceId: evesScene.workspaceId },
        { id: evesScene.taskId, title: "Taken" },
        { id: scene.taskId, title: "Taken", workspaceId: evesScene.workspaceId },
        { id: scene.taskId, title: "Taken" },
      ],
      false,
    );
    expect(answers.map(({ result, error }) => (result ? "done" : error?.data.reason))).toEqual([
      "workspace.not_found",
      "task.not_found",
      "input.invalid",
      "done",
    ]);
    expect(await titles()).toEqual(before);
  });
});
