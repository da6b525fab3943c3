import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createClient } from "../src/index.ts";
import { clientFromEnv } from "../src/node.ts";
import { data, failure, startServer } from "./test-server.ts";

const task = { id: "t", title: "Ship it" };
const unauthenticated = failure(401, { code: "UNAUTHORIZED", reason: "auth.unauthenticated" });
const baseUrl = "http://127.0.0.1:9";

describe("default headers", () => {
  it.each([
    ["a plain object", { "X-Tenant": "a" }],
    ["a Headers object", new Headers({ "X-Tenant": "a" })],
    ["pairs", [["X-Tenant", "a"]] as const],
    ["a Map", new Map([["X-Tenant", "a"]])],
    ["a function", () => ({ "X-Tenant": "a" })],
    ["an async function", async () => new Headers({ "X-Tenant": "a" })],
  ])("come from %s, and those of a call replace them", async (_, headers) => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url, headers });
    await client.tasks.get({ id: "t" });
    await client.workspace("w").tasks.get({ id: "t" }, { headers: new Headers({ "x-tenant": "b" }) });
    await client.tasks.get({ id: "t" }, { headers: [["X-TENANT", "c"]] });
    expect(server.requests.map(({ headers: sent }) => sent["x-tenant"])).toEqual(["a", "b", "c"]);
  });

  it("the headers are requested at each call, within its timeout", async () => {
    const server = await startServer(data(task));
    let count = 0;
    const client = createClient({
      baseUrl: server.url,
      headers: () => ({ "x-count": String((count += 1)) }),
    });
    await client.tasks.get({ id: "t" });
    await client.tasks.get({ id: "t" });
    expect(server.requests.map(({ headers }) => headers["x-count"])).toEqual(["1", "2"]);
    const stuck = createClient({ baseUrl: server.url, timeoutMs: 30, headers: () => new Promise(() => {}) });
    await expect(stuck.tasks.get({ id: "t" })).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("cannot replace a header of the SDK, and no error contains a value", async () => {
    const wrong: [unknown, string][] = [
      [{ Authorization: "secret" }, "The header authorization is set by the SDK"],
      [new Headers({ cookie: "secret" }), "The header cookie is set by the SDK"],
      [{ "x-a": "secret\n" }, "The header x-a must be a string of printable ASCII"],
      [{ "x-a": undefined }, "The header x-a must be a string of printable ASCII"],
      [{ "a b": "secret" }, "A name in headers must be a string of printable ASCII"],
      ["secret", "headers must be a plain object"],
    ];
    for (const [headers, words] of wrong) {
      const call = createClient(invalid({ baseUrl, headers })).tasks.get({ id: "t" });
      const error: unknown = await call.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain(words);
      expect(String(error)).not.toContain("secret");
      const client = createClient({ baseUrl });
      await expect(client.tasks.get({ id: "t" }, invalid({ headers }))).rejects.toThrow(words);
    }
    const late = createClient({ baseUrl, headers: () => ({ host: "x" }) });
    await expect(late.tasks.get({ id: "t" })).rejects.toThrow("The header host is set by the SDK");
  });
});

describe("a token function", () => {
  it("the token function is called for each call, and once more when the server rejects the token", async () => {
    const server = await startServer(
      data(task),
      unauthenticated,
      data(task),
      unauthenticated,
      unauthenticated,
    );
    let count = 0;
    const client = createClient({ baseUrl: server.url, token: async () => `pja_${(count += 1)}` });
    await client.tasks.get({ id: "t" });
    await client.tasks.create({ projectId: "p", title: "Ship it" });
    await expect(client.tasks.get({ id: "t" })).rejects.toMatchObject({ reason: "auth.unauthenticated" });
    const sent = server.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual([1, 2, 3, 4, 5].map((index) => `Bearer pja_${index}`));
  });

  it("the token function is not called again with the same rejected token", async () => {
    const server = await startServer(unauthenticated);
    const client = createClient({ baseUrl: server.url, token: () => "pja_old" });
    await expect(client.tasks.get({ id: "t" })).rejects.toMatchObject({ reason: "auth.unauthenticated" });
    expect(server.requests).toHaveLength(1);
  });

  it("the token function is shared by the clients of workspaces, and may return no token that the server would refuse", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url, token: () => "pjk_1" });
    await client.workspace("acme").tasks.get({ id: "t" });
    expect(server.requests[0]?.headers.authorization).toBe("Bearer pjk_1");
    for (const token of [undefined, null, 5, "", "Bearer pja_1", "pjr_1"]) {
      const wrong = createClient(invalid({ baseUrl: server.url, token: () => token }));
      await expect(wrong.tasks.get({ id: "t" })).rejects.toThrow(/token/i);
    }
    expect(server.requests).toHaveLength(1);
  });
});

describe("the environment", () => {
  const id = "0197a3f0-0000-7000-8000-000000000001";

  it("configures a client", async () => {
    const server = await startServer(data(task));
    setEnv({ PROJO_URL: `${server.url}/`, PROJO_TOKEN: "pjk_env", PROJO_WORKSPACE: id });
    const client = clientFromEnv();
    await client.tasks.get({ id: "t" });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: "Bearer pjk_env",
      "x-workspace-id": id,
    });
    setEnv({ PROJO_URL: server.url, PROJO_TOKEN: "", PROJO_WORKSPACE: "" });
    expect(clientFromEnv().workspaceId).toBeUndefined();
  });

  it.each([
    [{}, "The environment variable PROJO_URL is not set. Set it to the URL of the server"],
    [{ PROJO_URL: "localhost:4000" }, "PROJO_URL must be an absolute http or https URL"],
    [{ PROJO_URL: baseUrl, PROJO_TOKEN: "pjk_secret\n" }, "PROJO_TOKEN must be printable ASCII"],
    [{ PROJO_URL: baseUrl, PROJO_TOKEN: "Bearer pjk_secret" }, 'Remove "Bearer " from PROJO_TOKEN.'],
    [{ PROJO_URL: baseUrl, PROJO_WORKSPACE: "Acme" }, "PROJO_WORKSPACE must be the id of a workspace"],
  ])("with the wrong value %j throws an error that names the variable", (env, words) => {
    setEnv({ PROJO_URL: "", PROJO_TOKEN: "", PROJO_WORKSPACE: "", ...env });
    expect(() => clientFromEnv()).toThrow(words);
    expect(() => clientFromEnv()).not.toThrow("pjk_secret");
  });

  it("the environment has no effect on a client with options", () => {
    setEnv({ PROJO_URL: baseUrl, PROJO_WORKSPACE: id });
    expect(() => createClient(invalid({}))).toThrow("Set baseUrl to the URL of the server");
    expect(createClient({ baseUrl }).workspaceId).toBeUndefined();
  });

  it("names a file with the token, which is read for each call", async () => {
    const folder = await mkdtemp(join(tmpdir(), "projo-token-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "token");
    await writeFile(file, "pjk_1\n");
    const server = await startServer(data(task));
    const env = { PROJO_URL: server.url, PROJO_TOKEN_FILE: file };
    const client = clientFromEnv({ workspaceId: "w" }, env);
    await client.tasks.get({ id: "t" });
    await writeFile(file, "pjk_2\n");
    await client.tasks.get({ id: "t" });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer pjk_1",
      "Bearer pjk_2",
    ]);
    expect(() => clientFromEnv({}, { ...env, PROJO_TOKEN: "pjk_3" })).toThrow("both set");
    const lost = clientFromEnv({}, { ...env, PROJO_TOKEN_FILE: join(folder, "none") });
    await expect(lost.tasks.get({ id: "t" })).rejects.toThrow("The file of PROJO_TOKEN_FILE cannot be read");
  });
});

describe("the base URL", () => {
  it("may be a URL object", async () => {
    const server = await startServer(data(task));
    await createClient({ baseUrl: new URL("/api/", server.url) }).tasks.get({ id: "t" });
    expect(server.requests[0]?.path).toBe("/api/trpc/tasks.get");
  });

  it("may be relative to the origin of a page", async () => {
    vi.stubGlobal("location", { origin: "https://app.example" });
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(printed("/api")).toBe('{"baseUrl":"https://app.example/api"}');
    expect(printed("/")).toBe('{"baseUrl":"https://app.example"}');
    expect(printed("")).toBe('{"baseUrl":"https://app.example"}');
    expect(() => printed("api")).toThrow("absolute http or https URL");
  });

  it("a relative URL has no origin to be relative to on a server, or in a page from a file", () => {
    expect(() => createClient({ baseUrl: "/api" })).toThrow("Only a browser resolves a relative URL");
    vi.stubGlobal("location", { origin: "null" });
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(() => createClient({ baseUrl: "/api" })).toThrow("Only a browser resolves a relative URL");
  });
});

const printed = (url: string): string => JSON.stringify(createClient({ baseUrl: url }));

/** Passes a value of a wrong type, as a program in JavaScript may. */
function invalid(value: unknown): never {
  return value as never;
}

function setEnv(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}
