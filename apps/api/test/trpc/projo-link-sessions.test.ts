// The sessions of projoLink: tokens, refreshes and token stores, against the server with each transport.
import { createClient, memoryTokenStore, type Tokens, type TokenStore } from "@projostack/sdk";
import { httpBatchLink } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { password, startTestServer, type TestServer } from "../kit/index.ts";
import { linkedClients, transports, type Sent } from "./linked-clients.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const { clientWith, signedUp } = linkedClients(() => server);

const refreshesOf = (sent: readonly Sent[]) => sent.filter(({ url }) => url.includes("auth.refresh")).length;

async function generationOf(sessionId: string): Promise<number | undefined> {
  const [row] = await server.database.owner<{ generation: number }>(
    "SELECT generation FROM sessions WHERE id = $1",
    [sessionId],
  );
  return row?.generation;
}

describe.each(transports)("the session of projoLink with %s", (_, transport) => {
  it("keeps the session of a sign-up, and ends it at the sign-out", async () => {
    const { client, tokens, sessionId, user, sent, email } = await signedUp({ transport });
    expect(await client.auth.me.query()).toMatchObject({ user: { id: user.id } });
    expect(sent[0]?.headers).not.toHaveProperty("authorization");
    const kept = await tokens.get();
    await client.auth.signOut.mutate();
    expect(await tokens.get()).toBeUndefined();
    expect(await generationOf(sessionId)).toBeUndefined();
    await expect(client.auth.me.query()).rejects.toMatchObject({ data: { reason: "auth.unauthenticated" } });
    // A sign-in sends no token, even if the stored one has expired.
    await tokens.set(kept ?? { accessToken: "pja_old" });
    sent.length = 0;
    await client.auth.signIn.mutate({ email, password });
    expect(sent.map(({ headers }) => headers["authorization"])).toEqual([undefined]);
    expect(await client.auth.me.query()).toMatchObject({ user: { id: user.id } });
  });

  it("S2 refreshes once for 50 concurrent calls with an expired token, and every call succeeds", async () => {
    const { client, expire, sessionId, sent, workspaceId } = await signedUp({ transport });
    await expire();
    sent.length = 0;
    const context = { workspaceId };
    const results = await Promise.all(
      Array.from({ length: 50 }, (__, at) =>
        at % 5 === 0
          ? client.projects.create.mutate({ name: `Project ${at}` }, { context })
          : client.projects.list.query({ limit: 1 }, { context }),
      ),
    );
    expect(results).toHaveLength(50);
    expect(refreshesOf(sent)).toBe(1);
    expect(await generationOf(sessionId)).toBe(2);
    const made = await server.database.owner<{ name: string }>(
      "SELECT name FROM projects WHERE workspace_id = $1",
      [workspaceId],
    );
    expect(new Set(made.map(({ name }) => name)).size).toBe(10);
    expect(made).toHaveLength(10);
  });

  it("shares the session with a client of createClient", async () => {
    const { client, tokens, expire, sessionId, user } = await signedUp({ transport });
    const sdk = createClient({ baseUrl: server.url, tokens });
    await expire();
    const all = await Promise.all([
      ...Array.from({ length: 10 }, () => client.auth.me.query()),
      ...Array.from({ length: 10 }, () => sdk.auth.me()),
    ]);
    expect(new Set(all.map((one) => one.user.id))).toEqual(new Set([user.id]));
    expect(await generationOf(sessionId)).toBe(2);
  });

  it("tells each call that its session has ended, after one refused refresh", async () => {
    const { client, expire, sent, tokens, sessionId } = await signedUp({ transport });
    await expire();
    await server.database.owner("DELETE FROM sessions WHERE id = $1", [sessionId]);
    sent.length = 0;
    const refused = await Promise.allSettled(Array.from({ length: 5 }, () => client.auth.me.query()));
    for (const one of refused)
      expect(one).toMatchObject({ reason: { data: { httpStatus: 401, reason: "auth.unauthenticated" } } });
    expect(refreshesOf(sent)).toBe(1);
    expect(await tokens.get()).toBeUndefined();
  });

  it("names the function of the token store that failed", async () => {
    const broken = new Error("The disk is full.");
    const tokens: TokenStore = {
      get: () => {
        throw broken;
      },
      set: () => undefined,
      clear: () => undefined,
    };
    const { client, sent } = clientWith({ transport, tokens });
    const error = await client.auth.me.query().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: expect.stringContaining("tokens.get"),
      cause: { name: "ProjoError", code: "CALLBACK_FAILED", cause: broken },
    });
    expect(sent).toEqual([]);
  });

  it("asks a token function for each request, and once more when the server refuses the token", async () => {
    const { tokens, user } = await signedUp();
    const kept = await tokens.get();
    const given: string[] = [];
    const { client } = clientWith({
      transport,
      token: () => {
        given.push(given.length === 0 ? "pja_old" : String(kept?.accessToken));
        return given.at(-1) ?? "";
      },
    });
    expect(await client.auth.me.query()).toMatchObject({ user: { id: user.id } });
    expect(given).toEqual(["pja_old", kept?.accessToken]);
  });

  it("reads tokens from a store that answers later and returns copies", async () => {
    const inner = memoryTokenStore();
    const later: TokenStore = {
      get: async () => {
        await new Promise((passed) => setTimeout(passed, 2));
        const kept = await inner.get();
        return kept && { ...kept };
      },
      set: async (tokens: Tokens) => inner.set(tokens),
      clear: async () => inner.clear(),
    };
    const { client, expire, sessionId, user } = await signedUp({ transport, tokens: later });
    await expire();
    const all = await Promise.all(Array.from({ length: 20 }, () => client.auth.me.query()));
    expect(all.map((one) => one.user.id)).toEqual(Array.from({ length: 20 }, () => user.id));
    expect(await generationOf(sessionId)).toBe(2);
  });
});

it("projoLink signs no request without a session, and takes a service key as token", async () => {
  const { client, workspaceId } = await signedUp();
  const key = await client.serviceKeys.create.mutate(
    { name: "Reader", role: "viewer", scopes: ["project:read"] },
    { context: { workspaceId } },
  );
  const service = clientWith({ token: key.token, transport: httpBatchLink });
  expect(await service.client.projects.list.query()).toMatchObject({ items: [] });
  await expect(service.client.auth.me.query()).rejects.toMatchObject({
    data: { reason: "auth.person_required" },
  });
  const nobody = clientWith({ transport: httpBatchLink });
  await expect(nobody.client.auth.me.query()).rejects.toMatchObject({
    data: { reason: "auth.unauthenticated" },
  });
  expect(nobody.sent.map(({ headers }) => headers["authorization"])).toEqual([undefined]);
});
