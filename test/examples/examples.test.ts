import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  arrive,
  eventually,
  foundWorkspace,
  join as joinWorkspace,
  startTestServer,
  type Person,
  type TestServer,
} from "@projostack/api/testing";
import { createClient, type Client, type Permission } from "@projostack/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

let server: TestServer;
let ada: Person;
let workspaceId: string;
let adas: Client;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  adas = createClient({ baseUrl: server.url, token: ada.token, workspaceId });
});
afterAll(() => server.close());

interface Program {
  readonly child: ChildProcess;
  /** Returns the output to stdout so far. */
  output(): string;
  /** Returns the output to stderr so far. */
  errors(): string;
  /** Waits until the program exits. @returns the exit code */
  ended(): Promise<number | null>;
}

const running: Program[] = [];
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill("SIGKILL");
    await ended();
  }
});

function start(name: string, env: Readonly<Record<string, string>>): Program {
  const tsx = ["--import", import.meta.resolve("tsx"), "--conditions=@projostack/source"];
  const { PROJO_TOKEN: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [...tsx, join(examples, name)], {
    env: { ...inherited, PROJO_URL: server.url, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = once(child, "exit");
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  const program: Program = {
    child,
    output: () => output,
    errors: () => errors,
    ended: async () => {
      await exit;
      return child.exitCode;
    },
  };
  running.push(program);
  return program;
}

const keyFor = (...scopes: Permission[]) => adas.serviceKeys.create({ name: "Example", scopes });

describe("the example todo-worker.ts", () => {
  it("completes the open tasks from the oldest on, then new tasks, and stops with exit code 0 on SIGTERM", async () => {
    const project = await adas.projects.create({ name: "Work" });
    const add = (title: string) => adas.tasks.create({ projectId: project.id, title });
    for (let count = 1; count <= 3; count += 1) await add(`Task ${count}`);
    const done = await add("Already done");
    await adas.tasks.update({ id: done.id, status: "done" });
    // The list has more than one page, and the oldest tasks are on the last one.
    const items = Array.from({ length: 100 }, (_, n) => ({ projectId: project.id, title: `More ${n}` }));
    await adas.tasks.createMany({ items });

    const key = await keyFor("task:read", "task:write");
    const worker = start("todo-worker.ts", { PROJO_TOKEN: key.token });
    await eventually(
      async () => (await adas.tasks.list({ status: "done", limit: 100 })).items.length === 100,
      40,
    );
    await add("Added later");
    await eventually(() => worker.output().includes("done: Added later"), 40);
    worker.child.kill("SIGTERM");
    expect(await worker.ended()).toBe(0);

    const lines = worker.output().trim().split("\n");
    expect(lines.slice(0, 4)).toEqual(["looking for tasks", "done: Task 1", "done: Task 2", "done: Task 3"]);
    expect(lines.filter((line) => line.startsWith("done: "))).toHaveLength(104);
    expect(lines.slice(-2)).toEqual(["done: Added later", "stopped"]);
    expect(worker.errors()).toBe("");
    expect((await adas.tasks.list({ status: "todo" })).items).toEqual([]);
  });

  it("prints what is wrong with its key, and exits with code 1", async () => {
    const expired = await keyFor("task:read", "task:write");
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [expired.id]);
    const readOnly = await keyFor("task:read");
    const withoutRead = await keyFor("project:write");
    const { items: projects } = await adas.projects.list();
    const [project] = projects;
    if (!project) throw new Error("There is no project.");
    const task = await adas.tasks.create({ projectId: project.id, title: "Stays open" });
    const cases: [Record<string, string>, string][] = [
      [{}, "Set PROJO_TOKEN"],
      [{ PROJO_TOKEN: "pjk_wrong" }, "wrong, expired or revoked"],
      [{ PROJO_TOKEN: expired.token }, "wrong, expired or revoked"],
      [{ PROJO_TOKEN: withoutRead.token }, "may not do tasks.list"],
      [{ PROJO_TOKEN: readOnly.token }, "may not do tasks.update"],
    ];
    for (const [env, message] of cases) {
      const worker = start("todo-worker.ts", env);
      expect([message, await worker.ended()]).toEqual([message, 1]);
      await eventually(() => worker.errors().includes(message));
      expect(worker.errors().trim().split("\n")).toHaveLength(1);
      expect(worker.errors()).not.toContain(env["PROJO_TOKEN"] ?? "nothing");
    }
    expect((await adas.tasks.get({ id: task.id })).status).toBe("todo");
  });
});

describe("the example introspecting-service.ts", () => {
  it("accepts callers with the permission, refuses others, and applies a removal to the next request", async () => {
    const service = start("introspecting-service.ts", {
      PROJO_TOKEN: (await keyFor("token:introspect")).token,
    });
    const url = await eventually(() => /listens on (\S+)/.exec(service.output())?.[1], 40);
    const ask = async (authorization?: string) => {
      const response = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
      return { status: response.status, body: await response.json() };
    };
    const [bob, viewer, stranger] = [
      await arrive(server, "bob"),
      await arrive(server, "viewer"),
      await arrive(server, "stranger"),
    ];
    await joinWorkspace(server, workspaceId, bob, "member");
    await joinWorkspace(server, workspaceId, viewer, "viewer");

    expect(await ask(`Bearer ${bob.token}`)).toEqual({
      status: 200,
      body: { hello: bob.email, role: "member" },
    });
    expect(await ask(`Bearer ${viewer.token}`)).toMatchObject({ status: 403 });
    for (const header of [undefined, "Bearer", "Basic x", "Bearer garbage", `Bearer ${stranger.token}`]) {
      expect([header, (await ask(header)).status]).toEqual([header, 401]);
    }
    await adas.members.remove({ userId: bob.id });
    expect(await ask(`Bearer ${bob.token}`)).toMatchObject({ status: 401 });

    service.child.kill("SIGTERM");
    expect(await service.ended()).toBe(0);
    expect(service.output() + service.errors()).not.toContain("pja_");
  });

  it("returns 503, not 401, when its own key does not work", async () => {
    const key = await keyFor("task:read");
    const service = start("introspecting-service.ts", { PROJO_TOKEN: key.token });
    const url = await eventually(() => /listens on (\S+)/.exec(service.output())?.[1], 40);
    const response = await fetch(url, { headers: { authorization: `Bearer ${ada.token}` } });
    expect(response.status).toBe(503);
    await eventually(() => service.errors().includes("tokens.introspect failed: permission.denied"));
    expect(service.errors()).not.toContain(ada.token);
  });
});
