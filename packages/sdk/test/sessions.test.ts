import { EventEmitter, once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  createClient,
  memoryTokenStore,
  ProjoConnectionError,
  ProjoError,
  type Tokens,
  type TokenStore,
} from "../src/index.ts";
import { patientClient } from "./patient-client.ts";
import { data, failure, hangUp, silence, startServer, type Answer } from "./test-server.ts";
import { answerOf, startTokenServer, tokensOf } from "./token-server.ts";

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

const refused = (reason: string) => failure(401, { code: "UNAUTHORIZED", reason });

/** Breaks the connection after a while. */
const hangUpLate: Answer = (_, response) => void setTimeout(() => response.socket?.destroy(), 200);

/** Someone signed in, whose access token is no longer taken. */
async function expired() {
  const server = await startTokenServer();
  const tokens = memoryTokenStore();
  const { client, waits } = patientClient({ baseUrl: server.url, tokens });
  await client.auth.signIn({ email: "ann@example.com", password: "x" });
  server.spend();
  return { server, tokens, client, waits };
}

describe("an access token that has expired", () => {
  it("is replaced, and the call goes through, a mutation too", async () => {
    const { server, tokens, client } = await expired();
    expect(await client.tasks.create({ projectId: "p", title: "t" })).toEqual({ id: "t" });
    expect(tokens.get()).toEqual(tokensOf(2));
    expect(server.asked.map(({ operation, headers }) => [operation, headers.authorization])).toEqual([
      ["auth.signIn", undefined],
      ["tasks.create", "Bearer pja_secret_1"],
      ["auth.refresh", undefined],
      ["tasks.create", "Bearer pja_secret_2"],
    ]);
  });

  it("is replaced once for all calls that meet it together, in every workspace", async () => {
    const { server, client } = await expired();
    const calls = Array.from({ length: 8 }, (_, index) =>
      client.workspace(`w${index}`).tasks.get({ id: "t" }),
    );
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 8 }, () => ({ id: "t" })));
    expect(server.refreshes()).toEqual(["pjr_secret_1"]);
  });

  it("is replaced once for two clients that share a store", async () => {
    const { server, tokens, client } = await expired();
    const other = createClient({ baseUrl: server.url, tokens });
    await Promise.all([client.tasks.get({ id: "t" }), other.tasks.get({ id: "t" })]);
    expect(server.refreshes()).toHaveLength(1);
  });

  it("is not asked for again by a call whose refusal arrives late", async () => {
    const { server, client, tokens } = await expired();
    const gate = new EventEmitter();
    const opened = once(gate, "open");
    const slow = createClient({
      baseUrl: server.url,
      tokens,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (response.status === 401) await opened;
        return response;
      },
    });
    const late = slow.tasks.get({ id: "t" });
    await client.tasks.get({ id: "t" });
    gate.emit("open");
    expect(await late).toEqual({ id: "t" });
    expect(server.refreshes()).toHaveLength(1);
  });

  it("is sent, whatever this machine's clock says: the server alone decides", async () => {
    const server = await startTokenServer();
    const tokens = memoryTokenStore({ ...tokensOf(1), accessTokenExpiresAt: "1999-01-01T00:00:00Z" });
    await createClient({ baseUrl: server.url, tokens }).tasks.get({ id: "t" });
    expect(server.refreshes()).toEqual([]);
  });

  it("of a client that was given a token alone stays: there is nothing to refresh it with", async () => {
    const server = await startTokenServer();
    const client = createClient({ baseUrl: server.url, token: "pja_fixed" });
    expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ reason: "auth.unauthenticated" });
    expect(server.asked).toHaveLength(1);
  });

  it("whose successor is refused as well is an error, and not a loop", async () => {
    const { server, client } = await expired();
    server.next(data(answerOf(7)));
    expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ reason: "auth.unauthenticated" });
    expect(server.refreshes()).toHaveLength(1);
  });

  it("is what a refresh is for: no other refusal leads to one", async () => {
    const server = await startServer(failure(403, { reason: "permission.denied" }), refused("token.invalid"));
    const client = createClient({ baseUrl: server.url, tokens: memoryTokenStore(tokensOf(1)) });
    await failureOf(client.tasks.get({ id: "t" }));
    await failureOf(client.email.verify({ token: "pjo_x" }));
    expect(server.asked.map(({ operation }) => operation)).toEqual(["tasks.get", "email.verify"]);
  });
});

describe("a refresh whose reply is lost", () => {
  it("is sent again with the same token, at most twice", async () => {
    const { server, client, waits } = await expired();
    server.next(hangUp, failure(503, {}));
    expect(await client.tasks.get({ id: "t" })).toEqual({ id: "t" });
    expect(server.refreshes()).toEqual(["pjr_secret_1", "pjr_secret_1", "pjr_secret_1"]);
    expect(waits).toEqual([200, 400]);
  });

  it("for good keeps the session, and the next call tries with the same token", async () => {
    const { server, tokens, client } = await expired();
    server.next(hangUp, hangUp, hangUp);
    expect(await failureOf(client.tasks.get({ id: "t" }))).toBeInstanceOf(ProjoConnectionError);
    expect(tokens.get()).toEqual(tokensOf(1));
    expect(await client.tasks.get({ id: "t" })).toEqual({ id: "t" });
    expect(server.refreshes()).toEqual(Array.from({ length: 4 }, () => "pjr_secret_1"));
  });

  it("for good is one failure for all who wait, and not a try for each", async () => {
    const { server, client } = await expired();
    server.next(...Array.from({ length: 24 }, () => hangUpLate));
    const calls = Array.from({ length: 8 }, () => failureOf(client.tasks.get({ id: "t" })));
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(ProjoConnectionError);
    // Three for the flight; on a busy machine a call may come too late for it, and begin another.
    expect(server.refreshes().length).toBeLessThanOrEqual(9);
  });

  it("holds a call no longer than its timeoutMs, and still ends for the others", async () => {
    const server = await startTokenServer();
    const tokens = memoryTokenStore(tokensOf(1));
    const client = createClient({ baseUrl: server.url, tokens, timeoutMs: 1500 });
    server.spend();
    server.next(silence);
    expect(await failureOf(client.tasks.get({ id: "t" }, { timeoutMs: 200 }))).toMatchObject({
      code: "TIMEOUT",
      operation: "tasks.get",
    });
    expect(tokens.get()).toEqual(tokensOf(1));
    await wait(1600);
    expect(await client.tasks.get({ id: "t" })).toEqual({ id: "t" });
  });

  it("is shared, so a caller who leaves does not end it for who stays", async () => {
    const { server, tokens } = await expired();
    const control = new AbortController();
    const client = createClient({
      baseUrl: server.url,
      tokens,
      fetch: async (url, init) => {
        if (url.endsWith("auth.refresh")) control.abort(new Error("left"));
        return await fetch(url, init);
      },
    });
    const leaves = failureOf(client.tasks.get({ id: "t" }, { signal: control.signal }));
    const stays = client.tasks.get({ id: "t" });
    expect(await leaves).toMatchObject({ message: "left" });
    expect(await stays).toEqual({ id: "t" });
    expect(server.refreshes()).toHaveLength(1);
  });
});

describe("a refresh that the server refuses", () => {
  it.each(["auth.token_reused", "auth.unauthenticated"])(
    "with %s ends the session here too, in words, and is not tried again",
    async (reason) => {
      const { server, tokens, client } = await expired();
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

  it("for another reason than that keeps the session", async () => {
    for (const status of [400, 403, 500]) {
      const { server, tokens, client } = await expired();
      server.next(failure(status, { reason: "server.internal" }));
      expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ status });
      expect(tokens.get()).toEqual(tokensOf(1));
    }
  });

  it("answers with no tokens is an error, and keeps the session", async () => {
    const { server, tokens, client } = await expired();
    server.next(data({ ok: true }));
    expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ code: "UNEXPECTED_ANSWER" });
    expect(tokens.get()).toEqual(tokensOf(1));
  });
});

describe("another sign-in during a refresh", () => {
  it("is kept, and no call of the first person goes out as the second", async () => {
    const { server, tokens, client } = await expired();
    const bob = { ...tokensOf(9, "bob"), accessToken: "pja_secret_bob" };
    server.next((asked, response) => {
      void tokens.set(bob);
      data(answerOf(2))(asked, response);
    });
    const error = await failureOf(client.tasks.create({ projectId: "p", title: "Ann's" }));
    expect(error).toMatchObject({ reason: "auth.unauthenticated", operation: "tasks.create" });
    expect(tokens.get()).toEqual(bob);
    expect(server.asked.filter(({ operation }) => operation === "tasks.create")).toHaveLength(1);
  });

  it("survives the refusal of the refresh", async () => {
    const { server, tokens, client } = await expired();
    server.next((asked, response) => {
      void tokens.set(tokensOf(9, "bob"));
      refused("auth.token_reused")(asked, response);
    });
    expect(await failureOf(client.tasks.get({ id: "t" }))).toMatchObject({ reason: "auth.unauthenticated" });
    expect(tokens.get()).toEqual(tokensOf(9, "bob"));
  });
});

describe("a store that processes share", () => {
  it("is refreshed inside its lock, after it was read again there", async () => {
    const server = await startTokenServer();
    let kept: Tokens | undefined = tokensOf(1);
    let held = 0;
    const changes: number[] = [];
    const store = (): TokenStore => ({
      get: async () => kept,
      set: async (tokens) => {
        changes.push(held);
        kept = tokens;
      },
      clear: async () => {
        changes.push(held);
        kept = undefined;
      },
      lock: (work) => inTurn(work),
    });
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
      const turn = last.then(async () => {
        held += 1;
        try {
          return await work();
        } finally {
          held -= 1;
        }
      });
      last = turn.catch(() => undefined);
      return turn;
    };
    server.spend();
    // Stores of their own: nothing but the lock is shared, as between processes.
    const clients = Array.from({ length: 10 }, () => createClient({ baseUrl: server.url, tokens: store() }));
    await Promise.all(clients.map((client) => client.tasks.get({ id: "t" })));
    expect(server.refreshes()).toEqual(["pjr_secret_1"]);
    await clients[0]?.auth.signOut();
    expect(kept).toBeUndefined();
    expect(changes).toEqual([1, 1]);
  });
});

describe("signing out", () => {
  it("sends the refresh token too, since the access token may have expired, and forgets both", async () => {
    const { server, tokens, client } = await expired();
    await client.auth.signOut();
    expect(server.asked.at(-1)).toMatchObject({
      operation: "auth.signOut",
      input: { refreshToken: "pjr_secret_1" },
      headers: { authorization: "Bearer pja_secret_1" },
    });
    expect(tokens.get()).toBeUndefined();
  });

  it("everywhere forgets the tokens as well", async () => {
    const server = await startTokenServer();
    const tokens = memoryTokenStore(tokensOf(1));
    await createClient({ baseUrl: server.url, tokens }).auth.signOutEverywhere();
    expect(tokens.get()).toBeUndefined();
  });

  it("forgets a session that was carried on while it ended", async () => {
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

describe("a refresh by hand", () => {
  it("moves the session on, so that its spent token is not used again", async () => {
    const { client, tokens, server } = await expired();
    await client.auth.refresh({ refreshToken: "pjr_secret_1" });
    expect(tokens.get()).toEqual(tokensOf(2));
    await client.tasks.get({ id: "t" });
    expect(server.refreshes()).toEqual(["pjr_secret_1"]);
  });

  it("of another session leaves this one alone", async () => {
    const server = await startTokenServer();
    const tokens = memoryTokenStore(tokensOf(5, "other"));
    await createClient({ baseUrl: server.url, tokens }).auth.refresh({ refreshToken: "pjr_secret_1" });
    expect(tokens.get()).toEqual(tokensOf(5, "other"));
  });
});

it("A3 no token shows in a client, a store or an error of a refresh", async () => {
  const { server, tokens, client } = await expired();
  server.next(refused("auth.token_reused"));
  const error = await failureOf(client.workspace("w").tasks.get({ id: "t" }));
  await tokens.set(tokensOf(3));
  server.next(hangUp, hangUp, hangUp);
  const lost = await failureOf(client.tasks.get({ id: "t" }));
  for (const value of [error, lost, client, client.workspace("w"), tokens]) {
    expect(inspect(value, { depth: null, showHidden: true })).not.toMatch(/pj[ar]_/);
    expect(JSON.stringify(value) ?? "").not.toMatch(/pj[ar]_/);
  }
});
