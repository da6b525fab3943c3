// The line of a request in the log: request id, actor, workspace, operation, reason, milliseconds, and trips to the database.
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, send, startTestServer, type TestServer } from "../kit/index.ts";
import { place, type Place } from "../overload/callers.ts";

let server: TestServer;
let here: Place;
beforeAll(async () => {
  server = await startTestServer();
  here = await place(server);
});
afterAll(() => server.close());

type Line = Readonly<Record<string, unknown>>;

/** Calls an operation with a request id of its own. @returns the line of the request */
async function lineOf(path: string, init: RequestInit = {}): Promise<Line> {
  const requestId = `line-${Math.random().toString(36).slice(2)}`;
  const headers = {
    authorization: `Bearer ${here.admin.token}`,
    "x-workspace-id": here.id,
    "x-request-id": requestId,
    ...Object.fromEntries(new Headers(init.headers)),
  };
  await send(`${server.url}${path}`, { ...init, headers });
  return eventually(() => {
    const lines = server.logLines.map((line) => JSON.parse(line) as Line);
    return lines.find((line) => line["requestId"] === requestId && line["msg"] === "request") ?? false;
  });
}

const input = (value: object) => encodeURIComponent(JSON.stringify(value));
const post = (body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

it("names the actor, the workspace and the operation of a read, and counts its trips", async () => {
  const { projectId, id } = here;
  await lineOf("/trpc/auth.me");
  const created = post({ projectId, title: "Oil the loom" });
  expect(await lineOf("/trpc/tasks.create", created)).toMatchObject({
    operation: "tasks.create",
    workspaceId: id,
    status: 200,
  });
  const line = await lineOf(`/trpc/tasks.list?input=${input({ limit: 5 })}`);
  expect(line).toMatchObject({
    operation: "tasks.list",
    workspaceId: id,
    method: "GET",
    status: 200,
    trips: 1,
  });
  expect(line["userId"]).toMatch(/^[\da-f-]{36}$/);
  expect(line["ms"]).toBeGreaterThan(0);
  expect(line).not.toHaveProperty("reason");
});

it("counts the trips of reads and writes through Prisma, and of accounts", async () => {
  expect(await lineOf("/trpc/workspaces.list")).toMatchObject({ trips: 2 });
  const renamed = await lineOf("/trpc/workspaces.rename", post({ name: "Looms and mills" }));
  expect(renamed["trips"]).toBeGreaterThanOrEqual(2);
  const signIn = post({ email: here.admin.email, password: "wrong-password-of-ada" });
  expect(await lineOf("/trpc/auth.signIn", signIn)).toMatchObject({
    operation: "auth.signIn",
    reason: "auth.invalid_credentials",
    trips: 2,
  });
});

it("names the reason of a refused call, and every operation and reason of a batch", async () => {
  const id = "0195a2c4-7d1e-7c3a-9d5e-2f1b6c8a9e10";
  expect(await lineOf(`/trpc/tasks.get?input=${input({ id })}`)).toMatchObject({
    operation: "tasks.get",
    reason: "task.not_found",
    status: 404,
  });
  const batch = `/trpc/tasks.get,auth.me?batch=1&input=${input({ 0: { id } })}`;
  expect(await lineOf(batch)).toMatchObject({
    operation: "tasks.get,auth.me",
    reason: "task.not_found",
    status: 207,
  });
});

it("names no workspace for a caller who is not authorized in it", async () => {
  const line = await lineOf("/trpc/tasks.list", {
    headers: { "x-workspace-id": "0195a2c4-7d1e-7c3a-9d5e-2f1b6c8a9e10" },
  });
  expect(line).toMatchObject({ status: 404, reason: "workspace.not_found" });
  expect(line).not.toHaveProperty("workspaceId");
});

it("the line has no operation for a request without a call", async () => {
  const line = await lineOf("/openapi.json");
  expect(line).toMatchObject({ status: 200, path: "/openapi.json" });
  expect(line).not.toHaveProperty("operation");
  expect(line).not.toHaveProperty("trips");
});
