// The one cast: an operation is called by a name known at run time only, as no program would.
import type { ErrorData } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Operations } from "../src/in-process.ts";
import { Failure } from "../src/rpc/failure.ts";
import {
  arrive,
  call,
  foundWorkspace,
  join,
  startTestServer,
  type Person,
  type TestServer,
} from "./kit/index.ts";
import { makeKey, type MadeKey } from "./service-keys/made-key.ts";

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

const asked: readonly (readonly [string, unknown?])[] = [
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

interface Holder {
  readonly token?: string;
  readonly workspaceId?: string;
}

const actors: readonly (readonly [string, () => Holder])[] = [
  ["nobody", () => ({ workspaceId })],
  ["somebody with garbage for a token", () => ({ token: "garbage", workspaceId })],
  ["somebody with two words for a token", () => ({ token: "two words", workspaceId })],
  ["an admin", () => ({ token: ada.token, workspaceId })],
  ["an admin who names no workspace", () => ({ token: ada.token })],
  ["an admin who names what is none", () => ({ token: ada.token, workspaceId: "x" })],
  ["a viewer", () => ({ token: viewer.token, workspaceId })],
  ["an admin of another workspace", () => ({ token: eve.token, workspaceId })],
  ["a service key", () => ({ token: key.token })],
  ["a service key elsewhere", () => ({ token: key.token, workspaceId: ABSENT })],
];

type Refusal = Partial<Pick<ErrorData, "reason" | "code" | "fieldErrors" | "retryAfter">>;

/** An operation's answer within the process, or what it was refused for. */
async function within(operations: Operations, name: string, input: unknown): Promise<unknown> {
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

async function overHttp(name: string, input: unknown, holder: Holder): Promise<unknown> {
  const { data, error } = await call(server.url, name, { input, ...holder });
  return error ? refusal(error) : (data as unknown);
}

const refusal = ({ reason, code, fieldErrors, retryAfter }: Refusal) => ({
  refused: { reason, code, fieldErrors, retryAfter },
});

describe("a call within the process", () => {
  it.each(actors)("by %s is answered and refused as over HTTP", async (_, holder) => {
    const operations = server.callAs(holder());
    const seen = new Set<string>();
    for (const [name, input] of asked) {
      const answer = await within(operations, name, input);
      expect({ name, answer }).toEqual({ name, answer: await overHttp(name, input, holder()) });
      seen.add(JSON.stringify(answer).slice(0, 60));
    }
    expect(seen.size).toBeGreaterThan(3);
  });

  it("M2 asks anew for each call who it is and what they may", async () => {
    const passing = await makeKey(server, ada, workspaceId, { scopes: ["task:read", "task:write"] });
    const { tasks } = server.callAs({ token: passing.token });
    expect(await tasks.create({ projectId, title: "While it lasts" })).toMatchObject({ status: "todo" });
    await ada.call("serviceKeys.revoke", { id: passing.id }, workspaceId);
    const refused = { reason: "auth.unauthenticated" };
    await expect(tasks.create({ projectId, title: "Too late" })).rejects.toMatchObject(refused);
    await expect(tasks.list()).rejects.toMatchObject(refused);
  });

  it("U7 is on record as anybody's: who acts is behind the token", async () => {
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

  it.each(["", "nobody", "unknown", "192.0.2.7:80"])("U9 is not made for a device at %j", (ip) => {
    expect(() => server.callAs({ device: { ip } })).toThrow(TypeError);
  });

  it("goes on record with its request's id and device, or with an id of its own", async () => {
    const person = await arrive(server, "recorded");
    const device = { ip: "192.0.2.7", userAgent: "Nightly job" };
    const attempt = { email: person.email, password: "not the right one" };
    const given = server.callAs({ requestId: "job-17", device });
    const own = server.callAs({});
    for (const { auth } of [given, own, own]) {
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

  it("that fails for a bug of ours says no more than over HTTP, and is in the log by its id", async () => {
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

describe("limits", () => {
  it("R2 count calls within the process and over HTTP together", async () => {
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
