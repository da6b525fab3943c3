// The one cast in this file: the tests call operations by a name that is known only at run time.
import type { ErrorData } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Operations } from "../../src/in-process.ts";
import { Failure } from "../../src/rpc/failures/failure.ts";
import {
  arrive,
  call,
  foundWorkspace,
  join,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { makeKey, type MadeKey } from "../service-keys/made-key.ts";

let server: TestServer;
let ada: Person;
let viewer: Person;
let eve: Person;
let key: MadeKey;
let workspaceId: string;
let projectId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  viewer = await arrive(server, "viewer");
  eve = await arrive(server, "eve");
  workspaceId = await foundWorkspace(ada);
  await foundWorkspace(eve, "Looms");
  await join(server, workspaceId, viewer, "viewer");
  projectId = String((await ada.call("projects.create", { name: "Notes" }, workspaceId)).data.id);
  await ada.call("tasks.create", { projectId, title: "Note G" }, workspaceId);
  key = await makeKey(server, ada, workspaceId, { scopes: ["task:read", "task:write"] });
});
afterAll(() => server.close());

const ABSENT = "0190a6f0-0000-7000-8000-00000000abcd";

const calls: readonly (readonly [string, unknown?])[] = [
  ["system.health"],
  ["auth.me"],
  ["auth.signIn", { email: "ada@example.com", password: "not the right one" }],
  ["auth.signIn", { email: 7 }],
  ["workspaces.get"],
  ["workspaces.list"],
  ["members.list"],
  ["tasks.list", { status: "todo", limit: 1 }],
  ["tasks.list", { cursor: "made up" }],
  ["tasks.get", { id: ABSENT }],
  ["tasks.create", { projectId: ABSENT, title: "No such project" }],
  ["tasks.create", { projectId: ABSENT, title: "NUL \0" }],
  ["tasks.update", { id: ABSENT, status: "done", role: "admin" }],
  ["projects.delete", { id: ABSENT }],
  ["serviceKeys.list"],
  ["serviceKeys.revoke", { id: ABSENT }],
];

interface Credentials {
  readonly token?: string;
  readonly workspaceId?: string;
}

const actors: readonly (readonly [string, () => Credentials])[] = [
  ["a caller without a token", () => ({ workspaceId })],
  ["a caller with a malformed token", () => ({ token: "garbage", workspaceId })],
  ["a caller with two words as a token", () => ({ token: "two words", workspaceId })],
  ["an admin", () => ({ token: ada.token, workspaceId })],
  ["an admin without a workspace", () => ({ token: ada.token })],
  ["an admin with a malformed workspace id", () => ({ token: ada.token, workspaceId: "x" })],
  ["a viewer", () => ({ token: viewer.token, workspaceId })],
  ["an admin of another workspace", () => ({ token: eve.token, workspaceId })],
  ["a service key", () => ({ token: key.token })],
  ["a service key in another workspace", () => ({ token: key.token, workspaceId: ABSENT })],
];

type Refusal = Partial<Pick<ErrorData, "reason" | "code" | "fieldErrors" | "retryAfter">>;

/** Calls an operation in the process and returns its result or its refusal. */
async function callInProcess(operations: Operations, name: string, input: unknown): Promise<unknown> {
  const [noun = "", verb = ""] = name.split(".");
  const all = operations as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  try {
    return await all[noun]?.[verb]?.(input);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { reason, code, fieldErrors, retryAfterSeconds: retryAfter } = error;
    return refusal({ reason, code, fieldErrors, retryAfter } as Refusal);
  }
}

async function overHttp(name: string, input: unknown, credentials: Credentials): Promise<unknown> {
  const { data, error } = await call(server.url, name, { input, ...credentials });
  return error ? refusal(error) : (data as unknown);
}

const refusal = ({ reason, code, fieldErrors, retryAfter }: Refusal) => ({
  refused: { reason, code, fieldErrors, retryAfter },
});

describe("A call in the process", () => {
  it.each(actors)("by %s gets the same result or refusal as over HTTP", async (_, credentials) => {
    const operations = server.callAs(credentials());
    const seen = new Set<string>();
    for (const [name, input] of calls) {
      const answer = await callInProcess(operations, name, input);
      expect({ name, answer }).toEqual({ name, answer: await overHttp(name, input, credentials()) });
      seen.add(JSON.stringify(answer).slice(0, 60));
    }
    expect(seen.size).toBeGreaterThan(3);
  });

  it("M2 checks the token and the rights each time", async () => {
    const temporary = await makeKey(server, ada, workspaceId, { scopes: ["task:read", "task:write"] });
    const { tasks } = server.callAs({ token: temporary.token });
    expect(await tasks.create({ projectId, title: "While it lasts" })).toMatchObject({ status: "todo" });
    await ada.call("serviceKeys.revoke", { id: temporary.id }, workspaceId);
    const refused = { reason: "auth.unauthenticated" };
    await expect(tasks.create({ projectId, title: "Too late" })).rejects.toMatchObject(refused);
    await expect(tasks.list()).rejects.toMatchObject(refused);
  });

  it("U7 records the owner of the token as the actor", async () => {
    const { tasks } = server.callAs({ token: key.token });
    const { id } = await tasks.create({ projectId, title: "Short-lived" });
    await tasks.delete({ id });
    const entries = await server.database.owner(
      "SELECT action, actor_user_id, actor_kind, actor_key_id FROM audit_logs WHERE target_id = $1",
      [id],
    );
    expect(entries).toMatchObject([
      { action: "task.deleted", actor_user_id: null, actor_kind: "key", actor_key_id: key.id },
    ]);
  });

  it.each(["", "nobody", "unknown", "192.0.2.7:80"])(
    "U9 requires a valid device address and refuses %j",
    (ip) => {
      expect(() => server.callAs({ device: { ip } })).toThrow(TypeError);
    },
  );

  it("records the given request id and device, or a generated request id", async () => {
    const person = await arrive(server, "recorded");
    const device = { ip: "192.0.2.7", userAgent: "Nightly job" };
    const attempt = { email: person.email, password: "not the right one" };
    const withOptions = server.callAs({ requestId: "job-17", device });
    const withoutOptions = server.callAs({});
    for (const { auth } of [withOptions, withoutOptions, withoutOptions]) {
      await expect(auth.signIn(attempt)).rejects.toMatchObject({ reason: "auth.invalid_credentials" });
    }
    const events = await server.database.owner<{ request_id: string; ip: string; user_agent: string | null }>(
      "SELECT request_id, ip, user_agent FROM account_events WHERE user_id = $1 ORDER BY id",
      [person.id],
    );
    expect(events).toMatchObject([
      { request_id: "job-17", ip: "192.0.2.7", user_agent: "Nightly job" },
      { ip: "127.0.0.1", user_agent: null },
      { ip: "127.0.0.1", user_agent: null },
    ]);
    expect(new Set(events.map(({ request_id: id }) => id)).size).toBe(3);
  });

  it("returns the same message as over HTTP after a server bug, which the log reports with the request id", async () => {
    const { projects } = server.callAs({ token: ada.token, workspaceId, requestId: "job-18" });
    await server.database.owner("ALTER TABLE projects ADD CONSTRAINT out_of_paper CHECK (false) NOT VALID");
    const failed = await projects.create({ name: "Unlucky" }).catch((error: unknown) => error);
    await server.database.owner("ALTER TABLE projects DROP CONSTRAINT out_of_paper");
    expect(failed).toMatchObject({
      reason: "server.internal",
      message: "The server failed to answer this call. Report the request id to its operator.",
    });
    expect(server.logLines.filter((line) => line.includes("job-18"))).toHaveLength(1);
  });
});

describe("The rate limits", () => {
  it("R2 count calls in the process and over HTTP together", async () => {
    const strict = await startTestServer({ PROJO_LIMITS: "0.2" });
    try {
      const { auth } = strict.callAs({});
      const attempt = { email: "ada@example.com", password: "not the right one" };
      await expect(auth.signIn(attempt)).rejects.toMatchObject({ reason: "auth.invalid_credentials" });
      expect((await call(strict.url, "auth.signIn", { input: attempt })).status).toBe(401);
      await expect(auth.signIn(attempt)).rejects.toMatchObject({
        reason: "limit.exceeded",
        retryAfterSeconds: expect.any(Number) as number,
      });
      expect((await call(strict.url, "auth.signIn", { input: attempt })).status).toBe(429);
    } finally {
      await strict.close();
    }
  });
});
