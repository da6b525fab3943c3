import { EventEmitter, once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createClient, memoryTokenStore, ProjoConnectionError, ProjoError } from "../src/index.ts";
import { data, failure, closeConnection, neverAnswer, startServer, type Answer } from "./test-server.ts";
import { answerOf, signInAndExpire, startTokenServer, tokensOf } from "./token-server.ts";

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

const refused = (reason: string) => failure(401, { code: "UNAUTHORIZED", reason });

/** Closes the connection after 200 ms without a response. */
const closeConnectionLate: Answer = (_, response) => void setTimeout(() => response.socket?.destroy(), 200);

describe("an access token that has expired", () => {
  it("leads to a refresh, and the call is repeated, also for a mutation", async () => {
    const { server, tokens, client } = await signInAndExpire();
    expect(await client.tasks.create({ projectId: "p", title: "t" })).toEqual({ id: "t" });
    expect(tokens.get()).toEqual(tokensOf(2));
    expect(server.requests.map(({ operation, headers }) => [operation, headers.authorization])).toEqual([
      ["auth.signIn", undefined],
      ["tasks.create", "Bearer pja_secret_1"],
      ["auth.refresh", undefined],
      ["tasks.create", "Bearer pja_secret_2"],
    ]);
  });

  it("leads to one refresh for concurrent calls in all workspaces", async () => {
    const { server, client } = await signInAndExpire();
    const calls = Array.from({ length: 8 }, (_, index) =>
      client.workspace(`w${index}`).tasks.get({ id: "t" }),
    );
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 8 }, () => ({ id: "t" })));
    expect(server.refreshes()).toEqual(["pjr_secret_1"]);
  });

  it("leads to one refresh for two clients that share a store", async () => {
    const { server, tokens, client } = await signInAndExpire();
    const other = createClient({ baseUrl: server.url, tokens });
    await Promise.all([client.tasks.get({ id: "t" }), other.tasks.get({ id: "t" })]);
    expect(server.refreshes()).toHaveLength(1);
  });

  it("leads to no second refresh by a call whose refusal arrives late", async () => {
    const { server, client, tokens } = await signInAndExpire();
    const signal = new EventEmitter();
    const released = once(signal, "release");
    const slow = createClient({
      baseUrl: server.url,
      tokens,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (response.status === 401) await released;
        return response;
      },
    });
    const late = slow.tasks.get({ id: "t" });
    await client.tasks.get({ id: "t" });
    signal.emit("release");
    expect(await late).toEqual({ id: "t" });
    expect(server.refreshes()).toHaveLength(1);
  });

  it("remains in use when it has expired only by the local clock", async () => {
    const server = await startTokenServer();
    const tokens = memoryTokenStore({ ...tokensOf(1), accessTokenExpiresAt: "1999-01-01T00:00:00Z" });
    await createClient({ baseUrl: server.url, tokens }).tasks.get({ id: "t" });
    expect(server.refreshes()).toEqual([]);
  });

  it("leads to no refresh for a client without a refresh token", async () => {
    const server = await startTokenServer();
    const client = createClient({ baseUrl: server.url, token: "pja_fixed" });
    expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ reason: "auth.unauthenticated" });
    expect(server.requests).toHaveLength(1);
  });

  it("leads to one refresh per call when the new token is refused too", async () => {
    const { server, client } = await signInAndExpire();
    server.next(data(answerOf(7)));
    expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ reason: "auth.unauthenticated" });
    expect(server.refreshes()).toHaveLength(1);
  });

  it("differs from all other refusals, which lead to no refresh", async () => {
    const server = await startServer(failure(403, { reason: "permission.denied" }), refused("token.invalid"));
    const client = createClient({ baseUrl: server.url, tokens: memoryTokenStore(tokensOf(1)) });
    await failureOf(client.tasks.get({ id: "t" }));
    await failureOf(client.email.verify({ token: "pjo_x" }));
    expect(server.requests.map(({ operation }) => operation)).toEqual(["tasks.get", "email.verify"]);
  });
});

describe("a refresh without a response", () => {
  it("can be retried at most twice with the same token", async () => {
    const { server, client, waits } = await signInAndExpire();
    server.next(closeConnection, failure(503, {}));
    expect(await client.tasks.get({ id: "t" })).toEqual({ id: "t" });
    expect(server.refreshes()).toEqual(["pjr_secret_1", "pjr_secret_1", "pjr_secret_1"]);
    expect(waits).toEqual([200, 400]);
  });

  it("keeps the session after all retries, and the next call uses the same token", async () => {
    const { server, tokens, client } = await signInAndExpire();
    server.next(closeConnection, closeConnection, closeConnection);
    expect(await failureOf(client.tasks.get({ id: "t" }))).toBeInstanceOf(ProjoConnectionError);
    expect(tokens.get()).toEqual(tokensOf(1));
    expect(await client.tasks.get({ id: "t" })).toEqual({ id: "t" });
    expect(server.refreshes()).toEqual(Array.from({ length: 4 }, () => "pjr_secret_1"));
  });

  it("fails for all waiting calls after one series of retries", async () => {
    const { server, client } = await signInAndExpire();
    server.next(...Array.from({ length: 24 }, () => closeConnectionLate));
    const calls = Array.from({ length: 8 }, () => failureOf(client.tasks.get({ id: "t" })));
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(ProjoConnectionError);
    // A refresh has three attempts. On a busy machine, a late call may start another refresh.
    expect(server.refreshes().length).toBeLessThanOrEqual(9);
  });

  it("delays a call at most for its timeoutMs, and continues for the other calls", async () => {
    const server = await startTokenServer();
    const tokens = memoryTokenStore(tokensOf(1));
    const client = createClient({ baseUrl: server.url, tokens, timeoutMs: 1500 });
    server.expireAccessToken();
    server.next(neverAnswer);
    expect(await failureOf(client.tasks.get({ id: "t" }, { timeoutMs: 200 }))).toMatchObject({
      code: "TIMEOUT",
      operation: "tasks.get",
    });
    expect(tokens.get()).toEqual(tokensOf(1));
    await wait(1600);
    expect(await client.tasks.get({ id: "t" })).toEqual({ id: "t" });
  });

  it("continues when one of the waiting calls is aborted", async () => {
    const { server, tokens } = await signInAndExpire();
    const control = new AbortController();
    const client = createClient({
      baseUrl: server.url,
      tokens,
      fetch: async (url, init) => {
        if (url.endsWith("auth.refresh")) control.abort(new Error("aborted"));
        return await fetch(url, init);
      },
    });
    const aborted = failureOf(client.tasks.get({ id: "t" }, { signal: control.signal }));
    const waiting = client.tasks.get({ id: "t" });
    expect(await aborted).toMatchObject({ message: "aborted" });
    expect(await waiting).toEqual({ id: "t" });
    expect(server.refreshes()).toHaveLength(1);
  });
});

describe("a refresh that the server refuses", () => {
  it.each(["auth.token_reused", "auth.unauthenticated"])(
    "with %s clears the store and is not retried",
    async (reason) => {
      const { server, tokens, client } = await signInAndExpire();
      server.next(refused(reason));
      const errors = await Promise.all(
        Array.from({ length: 3 }, () => failureOf(client.tasks.get({ id: "t" }))),
      );
      expect(errors[0]).toMatchObject({ reason });
      for (const error of errors) {
        expect(error).toBeInstanceOf(ProjoError);
        expect(error).toMatchObject({ status: 401, operation: "tasks.get", requestId: "req-1" });
      }
      expect(new Set(errors).size).toBe(3);
      expect(tokens.get()).toBeUndefined();
      expect(server.refreshes()).toHaveLength(1);
    },
  );

  it("for another reason keeps the session", async () => {
    for (const status of [400, 403, 500]) {
      const { server, tokens, client } = await signInAndExpire();
      // A refresh has three attempts after a temporary failure.
      const answer = failure(status, { reason: "server.internal" });
      server.next(answer, answer, answer);
      expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ status });
      expect(tokens.get()).toEqual(tokensOf(1));
    }
  });

  it("keeps the session when the response contains no tokens", async () => {
    const { server, tokens, client } = await signInAndExpire();
    server.next(data({ ok: true }));
    expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ code: "UNEXPECTED_ANSWER" });
    expect(tokens.get()).toEqual(tokensOf(1));
  });
});

describe("another sign-in during a refresh", () => {
  it("remains, and no call of the first user is sent with the tokens of the second", async () => {
    const { server, tokens, client } = await signInAndExpire();
    const bob = { ...tokensOf(9, "bob"), accessToken: "pja_secret_bob" };
    server.next((request, response) => {
      void tokens.set(bob);
      data(answerOf(2))(request, response);
    });
    const error = await failureOf(client.tasks.create({ projectId: "p", title: "Ann's" }));
    expect(error).toMatchObject({ reason: "auth.unauthenticated", operation: "tasks.create" });
    expect(tokens.get()).toEqual(bob);
    expect(server.requests.filter(({ operation }) => operation === "tasks.create")).toHaveLength(1);
  });

  it("remains when the refresh is refused", async () => {
    const { server, tokens, client } = await signInAndExpire();
    server.next((request, response) => {
      void tokens.set(tokensOf(9, "bob"));
      refused("auth.token_reused")(request, response);
    });
    expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ reason: "auth.unauthenticated" });
    expect(tokens.get()).toEqual(tokensOf(9, "bob"));
  });
});
