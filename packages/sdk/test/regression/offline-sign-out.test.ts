// A user who signs out without a network must not stay signed in on the device.
import { describe, expect, it } from "vitest";
import { createClient, memoryTokenStore, ProjoError, type Fetch } from "../../src/index.ts";
import { createInstantClient } from "../instant-client.ts";
import { closeConnection, failure, neverAnswer, raw, startServer, type Answer } from "../test-server.ts";
import { tokensOf } from "../token-server.ts";

const offline: Fetch = async () => {
  throw new TypeError("Failed to fetch");
};
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("auth.signOut without an answer of the server", () => {
  it("deletes the tokens, and fails, because the session on the server may continue", async () => {
    const tokens = memoryTokenStore(tokensOf(1));
    const { client } = createInstantClient({ baseUrl: "http://127.0.0.1:1", tokens, fetch: offline });
    const error = await failureOf(client.auth.signOut());
    expect(error).toBeInstanceOf(ProjoError);
    expect(error).toMatchObject({
      code: "CONNECTION_FAILED",
      operation: "auth.signOut",
      mayHaveBeenCarriedOut: true,
    });
    expect(String(error)).toContain(
      "The client has deleted the tokens. If the server did not get the request, its session ends when it expires or is revoked.",
    );
    expect(tokens.get()).toBeUndefined();
  });

  it.each<[string, Answer]>([
    ["closes the connection", closeConnection],
    ["sends nothing", neverAnswer],
    ["is behind a proxy that answers 502", raw(502, {}, "<html>")],
    ["is behind a proxy that answers 504", raw(504, {}, "")],
  ])("deletes the tokens when the server %s", async (_, answer) => {
    const server = await startServer(answer);
    const tokens = memoryTokenStore(tokensOf(1));
    const { client } = createInstantClient({ baseUrl: server.url, tokens, timeoutMs: 1000 });
    expect(await failureOf(client.auth.signOut())).toBeInstanceOf(ProjoError);
    expect(tokens.get()).toBeUndefined();
  });

  it("deletes the tokens when the caller stops waiting", async () => {
    const server = await startServer(neverAnswer);
    const tokens = memoryTokenStore(tokensOf(1));
    const client = createClient({ baseUrl: server.url, tokens });
    const error = await failureOf(client.auth.signOut({}, { signal: AbortSignal.timeout(100) }));
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(tokens.get()).toBeUndefined();
  });

  it("keeps the tokens of another session that has started meanwhile", async () => {
    const tokens = memoryTokenStore(tokensOf(1));
    const other = { ...tokensOf(1, "bob"), accessToken: "pja_bob" };
    const { client } = createInstantClient({
      baseUrl: "http://127.0.0.1:1",
      tokens,
      fetch: async (url, init) => {
        await tokens.set(other);
        return await offline(url, init);
      },
    });
    await failureOf(client.auth.signOut());
    expect(tokens.get()).toEqual(other);
  });
});

describe("auth.signOut that the server refuses", () => {
  it.each([400, 403, 429, 500, 503])(
    "with %i keeps the tokens, so that it can be repeated",
    async (status) => {
      const server = await startServer(failure(status, { reason: "server.unavailable" }));
      const tokens = memoryTokenStore(tokensOf(1));
      const { client } = createInstantClient({ baseUrl: server.url, tokens });
      const error = await failureOf(client.auth.signOut());
      expect(error).toMatchObject({ status });
      expect(String(error)).not.toContain("deleted the tokens");
      expect(tokens.get()).toEqual(tokensOf(1));
    },
  );
});

describe("auth.signOutEverywhere without an answer of the server", () => {
  it("keeps the tokens, because only the server can end the other sessions", async () => {
    const tokens = memoryTokenStore(tokensOf(1));
    const { client } = createInstantClient({ baseUrl: "http://127.0.0.1:1", tokens, fetch: offline });
    expect(await failureOf(client.auth.signOutEverywhere())).toBeInstanceOf(ProjoError);
    expect(tokens.get()).toEqual(tokensOf(1));
  });
});
