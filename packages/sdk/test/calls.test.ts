import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createClient, memoryTokenStore } from "../src/index.ts";
import { version } from "../src/generated/version.ts";
import { data, raw, startServer } from "./test-server.ts";

const task = { id: "t", projectId: "p", title: "Ship it", status: "todo", createdBy: "u", createdAt: "now" };
const signedIn = { user: {}, session: {}, accessToken: "pja_secret" };

describe("a call", () => {
  it("sends a query as GET with its input in the URL", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url });
    expect(await client.tasks.get({ id: "ä & b" })).toEqual(task);
    expect(server.requests[0]).toMatchObject({
      method: "GET",
      path: "/trpc/tasks.get",
      input: { id: "ä & b" },
    });
  });

  it("sends a mutation as POST with its input as JSON", async () => {
    const server = await startServer(data(task));
    await createClient({ baseUrl: server.url }).tasks.create({ projectId: "p", title: "Ship it" });
    expect(server.requests[0]).toMatchObject({
      method: "POST",
      path: "/trpc/tasks.create",
      input: { projectId: "p", title: "Ship it" },
    });
    expect(server.requests[0]?.headers["content-type"]).toBe("application/json");
  });

  it("sends no input for a query without one, and an empty object for a mutation", async () => {
    const server = await startServer(data({ status: "ok", version: "1" }));
    const client = createClient({ baseUrl: server.url });
    await client.system.health();
    await client.auth.signOut();
    expect(server.requests.map(({ input }) => input)).toEqual([undefined, {}]);
  });

  it("supports a base URL with a path", async () => {
    const server = await startServer(data(task));
    await createClient({ baseUrl: `${server.url}/api/` }).tasks.get({ id: "t" });
    expect(server.requests[0]?.path).toBe("/api/trpc/tasks.get");
  });

  it("sends the token, the workspace and the user agent as headers", async () => {
    const server = await startServer(data(task));
    const client = createClient({
      baseUrl: server.url,
      token: "pja_1",
      workspaceId: "w1",
      userAgent: "billing/2",
    });
    await client.tasks.get({ id: "t" }, { headers: { traceparent: "00-1" } });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: "Bearer pja_1",
      "x-workspace-id": "w1",
      "user-agent": `projostack-sdk/${version} (node/${process.versions.node}) billing/2`,
      traceparent: "00-1",
    });
  });

  it("refuses headers that the SDK sets itself", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url });
    for (const name of ["Authorization", "X-Workspace-Id", "cookie", "host"]) {
      await expect(client.tasks.get({ id: "t" }, { headers: { [name]: "x" } })).rejects.toThrow(
        "is set by the SDK",
      );
    }
    await expect(client.tasks.get({ id: "t" }, { headers: { a: "b\r\nc: d" } })).rejects.toThrow(TypeError);
    expect(server.requests).toEqual([]);
  });

  it("uses the fetch of the options", async () => {
    const urls: string[] = [];
    const client = createClient({
      baseUrl: "https://projo.example",
      fetch: async (url) => {
        urls.push(url);
        return new Response(JSON.stringify({ result: { data: task } }));
      },
    });
    expect(await client.tasks.get({ id: "t" })).toEqual(task);
    expect(urls).toEqual(["https://projo.example/trpc/tasks.get?input=%7B%22id%22%3A%22t%22%7D"]);
  });
});

describe("a client of a workspace", () => {
  it("sends its workspace in every call, and does not change the original client", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url });
    const acme = client.workspace("acme");
    const globex = acme.workspace("globex");
    await client.tasks.get({ id: "t" });
    await acme.tasks.get({ id: "t" });
    await globex.tasks.get({ id: "t" });
    await acme.tasks.get({ id: "t" }, { workspaceId: "initech" });
    const sent = server.requests.map(({ headers }) => headers["x-workspace-id"]);
    expect(sent).toEqual([undefined, "acme", "globex", "initech"]);
    expect([client.workspaceId, acme.workspaceId]).toEqual([undefined, "acme"]);
  });

  it("keeps its workspace, and allows the replacement of a method by a spy", async () => {
    const acme = createClient({ baseUrl: "http://127.0.0.1:1" }).workspace("acme");
    expect(() => Object.assign(acme, { workspaceId: "globex" })).toThrow(TypeError);
    Object.assign(acme.tasks, { get: async () => task });
    expect(await acme.tasks.get({ id: "t" })).toBe(task);
  });

  it("shares the session of the original client", async () => {
    const server = await startServer(data(signedIn), data(task));
    const client = createClient({ baseUrl: server.url });
    const acme = client.workspace("acme");
    await client.auth.signIn({ email: "ann@example.com", password: "x" });
    await acme.tasks.get({ id: "t" });
    expect(server.requests[1]?.headers.authorization).toBe("Bearer pja_secret");
  });

  it("refuses an id that is invalid in a header", () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:1" });
    for (const id of ["", "a b", "a\nb"])
      expect(() => client.workspace(id)).toThrow("The workspace id must be");
  });
});

describe("a session", () => {
  it("starts with a sign-up, which sends no old token, and ends with a sign-out", async () => {
    const server = await startServer(data(signedIn), data({}), data(task));
    const tokens = memoryTokenStore({ accessToken: "pja_old" });
    const client = createClient({ baseUrl: server.url, tokens });
    await client.auth.signUp({ email: "ann@example.com", password: "x" });
    expect(tokens.get()).toEqual({ accessToken: "pja_secret" });
    await client.auth.signOut();
    expect(tokens.get()).toBeUndefined();
    await client.tasks.get({ id: "t" });
    const sent = server.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual([undefined, "Bearer pja_secret", undefined]);
  });

  it("remains when the sign-out fails, so that it can be retried", async () => {
    const server = await startServer(raw(500, {}, "oops"));
    const tokens = memoryTokenStore({ accessToken: "pja_1" });
    await expect(createClient({ baseUrl: server.url, tokens }).auth.signOut()).rejects.toThrow("500");
    expect(tokens.get()).toEqual({ accessToken: "pja_1" });
  });

  it("remains when the sign-out of a previous session ends late", async () => {
    const tokens = memoryTokenStore({ accessToken: "pja_1" });
    const server = await startServer((_, response) => {
      void tokens.set({ accessToken: "pja_2" });
      response.end(JSON.stringify({ result: { data: {} } }));
    });
    await createClient({ baseUrl: server.url, tokens }).auth.signOut();
    expect(tokens.get()).toEqual({ accessToken: "pja_2" });
  });

  it("works with a custom asynchronous store", async () => {
    const server = await startServer(data(task));
    const tokens = {
      get: async () => ({ accessToken: "pja_3" }),
      set: async () => {},
      clear: async () => {},
    };
    await createClient({ baseUrl: server.url, tokens }).tasks.get({ id: "t" });
    expect(server.requests[0]?.headers.authorization).toBe("Bearer pja_3");
  });
});

describe("a secret", () => {
  it("never appears in the inspected or JSON form of a client", async () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:1", token: "pja_secret" });
    const store = memoryTokenStore({ accessToken: "pja_secret" });
    for (const value of [client, client.workspace("w"), client.tasks, client.tasks.list(), store]) {
      expect(inspect(value, { depth: null, showHidden: true })).not.toContain("pja_secret");
      expect(JSON.stringify(value) ?? "").not.toContain("pja_secret");
    }
  });

  it("never appears in the error for an invalid token", async () => {
    const bad = "pja_secret\n";
    const baseUrl = "http://127.0.0.1:1";
    expect(() => createClient({ baseUrl, token: bad })).toThrow("The token must be printable ASCII");
    expect(() => createClient({ baseUrl, token: bad })).not.toThrow("pja_secret");
    const client = createClient({ baseUrl, tokens: memoryTokenStore({ accessToken: bad }) });
    const error: unknown = await client.auth.me().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(inspect(error)).not.toContain("pja_secret");
  });
});

describe("the options", () => {
  it.each([
    ["127.0.0.1:4000", "absolute http or https"],
    ["/api", "absolute http or https"],
    ["ftp://host", "absolute http or https"],
    ["http://ann:hunter2@host", "must not contain a user name, a password"],
    ["http://host?x=1", "a query or a fragment"],
    ["http://host#x", "a query or a fragment"],
  ])("refuse the base URL %s with a clear message", (baseUrl, words) => {
    expect(() => createClient({ baseUrl })).toThrow(words);
    expect(() => createClient({ baseUrl })).not.toThrow("hunter2");
  });

  it("refuse invalid numbers, and both token and tokens", async () => {
    const baseUrl = "http://127.0.0.1:1";
    for (const timeoutMs of [0, -1, Number.NaN, Infinity, 2 ** 31]) {
      expect(() => createClient({ baseUrl, timeoutMs })).toThrow("timeoutMs must be");
    }
    for (const maxRetries of [-1, 0.5, Number.NaN, Infinity]) {
      expect(() => createClient({ baseUrl, maxRetries })).toThrow("maxRetries must be");
    }
    expect(() => createClient({ baseUrl, token: "a", tokens: memoryTokenStore() })).toThrow(
      "either token or tokens",
    );
    await expect(createClient({ baseUrl }).auth.me({}, { timeoutMs: 0 })).rejects.toThrow(
      "timeoutMs must be",
    );
  });
});
