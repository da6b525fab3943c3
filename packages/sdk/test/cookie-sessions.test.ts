import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createClient, type Fetch, type FetchInit, type Session, type User } from "../src/index.ts";
import { createTestClient, projoError } from "../src/testing.ts";
import { closeConnection, data, failure, startServer } from "./test-server.ts";

const user: User = {
  id: "u",
  email: "ada@example.com",
  emailVerifiedAt: null,
  createdAt: "2026-01-01T00:00:00.000Z",
};
const session: Session = {
  id: "s",
  createdAt: "2026-01-01T00:00:00.000Z",
  expiresAt: "2026-01-15T00:00:00.000Z",
  currentWorkspaceId: null,
};
const credentials = { email: "ada@example.com", password: "correct horse battery staple" };
const baseUrl = "http://127.0.0.1:9";

/** The runtime's fetch, which records the options of each request. It stands for the fetch of a browser. */
function recordingFetch(): { readonly sent: FetchInit[]; readonly fetch: Fetch } {
  const sent: FetchInit[] = [];
  return {
    sent,
    fetch: (url, init) => {
      sent.push(init);
      return globalThis.fetch(url, init);
    },
  };
}

describe("a client whose session is in a cookie", () => {
  it("sends the header and the option with each request, and no token", async () => {
    const server = await startServer(data({ user, session }), data({ id: "t" }), data({ id: "t" }));
    const { sent, fetch } = recordingFetch();
    const client = createClient({ baseUrl: server.url, session: "cookie", fetch });
    expect(await client.auth.signIn(credentials)).toEqual({ user, session });
    await client.workspace("w").tasks.get({ id: "t" });
    await client.tasks.create({ projectId: "p", title: "t" }, { headers: { "x-session": "bearer" } });
    expect(sent.map((init) => init.credentials)).toEqual(["include", "include", "include"]);
    expect(server.requests.map(({ headers }) => headers["x-session"])).toEqual([
      "cookie",
      "cookie",
      "cookie",
    ]);
    expect(server.requests.filter(({ headers }) => "authorization" in headers)).toEqual([]);
    expect(server.requests[1]?.headers["x-workspace-id"]).toBe("w");
  });

  it("a client with tokens sends neither the header nor the option", async () => {
    const server = await startServer(data({ id: "t" }));
    const { sent, fetch } = recordingFetch();
    await createClient({ baseUrl: server.url, token: "pja_1", fetch }).tasks.get({ id: "t" });
    expect(sent[0]).not.toHaveProperty("credentials");
    expect(server.requests[0]?.headers).not.toHaveProperty("x-session");
  });

  it("passes 401 to the caller after one request, and does not refresh", async () => {
    const server = await startServer(
      data({ user, session }),
      failure(401, { code: "UNAUTHORIZED", reason: "auth.unauthenticated" }),
    );
    const client = createClient({ baseUrl: server.url, session: "cookie", fetch: recordingFetch().fetch });
    await client.auth.signIn(credentials);
    const outcome = await client.tasks.get({ id: "t" }).result();
    expect(outcome.error).toMatchObject({
      status: 401,
      reason: "auth.unauthenticated",
      operation: "tasks.get",
    });
    expect(server.requests.map(({ operation }) => operation)).toEqual(["auth.signIn", "tasks.get"]);
  });

  it("ignores tokens of a server that does not know the header", async () => {
    const server = await startServer(
      data({ user, session, accessToken: "pja_1", refreshToken: "pjr_1" }),
      data({ id: "t" }),
    );
    const client = createClient({ baseUrl: server.url, session: "cookie", fetch: recordingFetch().fetch });
    await client.auth.signIn(credentials);
    await client.tasks.get({ id: "t" });
    expect(server.requests[1]?.headers).not.toHaveProperty("authorization");
  });

  it("repeats a mutation with the same idempotency key and the header, and reports each request to the hooks", async () => {
    const server = await startServer(
      closeConnection,
      failure(503, { code: "UNAVAILABLE" }),
      data({ id: "t" }),
    );
    const lines: string[] = [];
    const client = createClient({
      baseUrl: server.url,
      session: "cookie",
      debug: (line) => lines.push(line),
      fetch: recordingFetch().fetch,
    });
    await client.tasks.create({ projectId: "p", title: "t" });
    const keys = server.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(server.requests.map(({ headers }) => headers["x-session"])).toEqual([
      "cookie",
      "cookie",
      "cookie",
    ]);
    expect(lines.filter((line) => line.includes("sends a request"))).toHaveLength(3);
  });

  it("a sign-out that fails rejects, because a page cannot delete the cookie", async () => {
    const server = await startServer(closeConnection);
    const client = createClient({
      baseUrl: server.url,
      session: "cookie",
      maxRetries: 0,
      fetch: recordingFetch().fetch,
    });
    const error = await client.auth.signOut().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "CONNECTION_FAILED" });
    expect(String(error)).not.toContain("deleted the tokens");
  });
});

describe("the options of a client whose session is in a cookie", () => {
  it.each([
    [{ session: "cookies" }, 'session must be "cookie", without token and tokens.'],
    [{ session: true }, 'session must be "cookie", without token and tokens.'],
    [{ session: "cookie", token: "pja_secret" }, 'session must be "cookie", without token and tokens.'],
    [
      { session: "cookie", tokens: { get() {}, set() {}, clear() {} } },
      'session must be "cookie", without token and tokens.',
    ],
    [{ session: "cookie" }, "On a server, use createServerClient of the subpath /server."],
    [{ sessions: "cookie" }, 'There is no option "sessions". Did you mean session?'],
  ])("refuse %j with a sentence", (options, words) => {
    expect(() => createClient({ baseUrl, ...options } as never)).toThrow(words);
  });

  it("the options are accepted in a page, also with a relative URL", async () => {
    const server = await startServer(data({ status: "ok" }));
    vi.stubGlobal("location", { origin: server.url });
    onTestFinished(() => void vi.unstubAllGlobals());
    const client = createClient({ baseUrl: "/api", session: "cookie" });
    await client.system.health();
    expect(server.requests[0]).toMatchObject({
      path: "/api/trpc/system.health",
      headers: { "x-session": "cookie" },
    });
  });
});

describe("a test client whose session is in a cookie", () => {
  it("answers in memory and records the header", async () => {
    const client = createTestClient(
      { "auth.signIn": { user, session }, "auth.me": projoError("auth.unauthenticated") },
      { session: "cookie" },
    );
    expect(await client.auth.signIn(credentials)).toEqual({ user, session });
    await expect(client.auth.me()).rejects.toMatchObject({ reason: "auth.unauthenticated" });
    expect(client.calls.map(({ operation, headers }) => [operation, headers["x-session"]])).toEqual([
      ["auth.signIn", "cookie"],
      ["auth.me", "cookie"],
    ]);
  });
});
