import { createClient } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const password = "correct horse battery staple";

describe("A new user of the SDK", () => {
  it("signs up, creates a workspace, a project and a task, and finds the task in the list", async () => {
    const client = createClient({ baseUrl: server.url });
    const { user } = await client.auth.signUp({ email: "Ada@Example.com", password });
    expect(user.email).toBe("ada@example.com");
    const { id, role } = await client.workspaces.create({ name: "Engines" });
    expect(role).toBe("admin");
    const engines = client.workspace(id);
    const project = await engines.projects.create({ name: "Notes" });
    const task = await engines.tasks.create({ projectId: project.id, title: "Note G" });
    expect(task).toMatchObject({ title: "Note G", status: "todo", createdBy: user.id });
    expect(await engines.tasks.list({ status: "todo" })).toEqual({ items: [task], nextCursor: null });
    await client.auth.signOut();
    await expect(client.auth.me()).rejects.toMatchObject({ status: 401, reason: "auth.unauthenticated" });
  });
});
