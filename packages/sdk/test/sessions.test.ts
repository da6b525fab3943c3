import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createClient, memoryTokenStore, type Tokens, type TokenStore } from "../src/index.ts";
import { closeConnection, failure } from "./test-server.ts";
import { signInAndExpire, startTokenServer, tokensOf } from "./token-server.ts";

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

const refused = (reason: string) => failure(401, { code: "UNAUTHORIZED", reason });

describe("a store shared by processes", () => {
  it("runs the refresh inside its lock, after reading the tokens again", async () => {
    const server = await startTokenServer();
    let stored: Tokens | undefined = tokensOf(1);
    let held = 0;
    const changes: number[] = [];
    const store = (): TokenStore => ({
      get: async () => stored,
      set: async (tokens) => {
        changes.push(held);
        stored = tokens;
      },
      clear: async () => {
        changes.push(held);
        stored = undefined;
      },
      lock: (work) => serialize(work),
    });
    let last: Promise<unknown> = Promise.resolve();
    const serialize = <T>(work: () => Promise<T>): Promise<T> => {
      const result = last.then(async () => {
        held += 1;
        try {
          return await work();
        } finally {
          held -= 1;
        }
      });
      last = result.catch(() => undefined);
      return result;
    };
    server.expireAccessToken();
    // Each client has its own store. Only the lock and the tokens are shared, as between processes.
    const clients = Array.from({ length: 10 }, () => createClient({ baseUrl: server.url, tokens: store() }));
    await Promise.all(clients.map((client) => client.tasks.get({ id: "t" })));
    expect(server.refreshes()).toEqual(["pjr_secret_1"]);
    await clients[0]?.auth.signOut();
    expect(stored).toBeUndefined();
    expect(changes).toEqual([1, 1]);
  });
});

describe("a sign-out", () => {
  it("sends the refresh token too, because the access token may have expired, and clears the store", async () => {
    const { server, tokens, client } = await signInAndExpire();
    await client.auth.signOut();
    expect(server.requests.at(-1)).toMatchObject({
      operation: "auth.signOut",
      input: { refreshToken: "pjr_secret_1" },
      headers: { authorization: "Bearer pja_secret_1" },
    });
    expect(tokens.get()).toBeUndefined();
  });

  it("everywhere clears the store", async () => {
    const server = await startTokenServer();
    const tokens = memoryTokenStore(tokensOf(1));
    await createClient({ baseUrl: server.url, tokens }).auth.signOutEverywhere();
    expect(tokens.get()).toBeUndefined();
  });

  it("clears the store when the session was refreshed meanwhile", async () => {
    const server = await startTokenServer();
    const tokens = memoryTokenStore(tokensOf(1));
    const client = createClient({
      baseUrl: server.url,
      tokens,
      fetch: async (url, init) => {
        await tokens.set(tokensOf(2));
        return await fetch(url, init);
      },
    });
    await client.auth.signOut();
    expect(tokens.get()).toBeUndefined();
  });
});

describe("a direct call of auth.refresh", () => {
  it("updates the session, so that the used refresh token is not sent again", async () => {
    const { client, tokens, server } = await signInAndExpire();
    await client.auth.refresh({ refreshToken: "pjr_secret_1" });
    expect(tokens.get()).toEqual(tokensOf(2));
    await client.tasks.get({ id: "t" });
    expect(server.refreshes()).toEqual(["pjr_secret_1"]);
  });

  it("of another session keeps the session in the store", async () => {
    const server = await startTokenServer();
    const tokens = memoryTokenStore(tokensOf(5, "other"));
    await createClient({ baseUrl: server.url, tokens }).auth.refresh({ refreshToken: "pjr_secret_1" });
    expect(tokens.get()).toEqual(tokensOf(5, "other"));
  });
});

it("A3 a client, a store and an error of a refresh contain no token", async () => {
  const { server, tokens, client } = await signInAndExpire();
  server.next(refused("auth.token_reused"));
  const error = await failureOf(client.workspace("w").tasks.get({ id: "t" }));
  await tokens.set(tokensOf(3));
  server.next(closeConnection, closeConnection, closeConnection);
  const lost = await failureOf(client.tasks.get({ id: "t" }));
  for (const value of [error, lost, client, client.workspace("w"), tokens]) {
    expect(inspect(value, { depth: null, showHidden: true })).not.toMatch(/pj[ar]_/);
    expect(JSON.stringify(value) ?? "").not.toMatch(/pj[ar]_/);
  }
});
