// A token store, or a function for a token, that does not return is covered by the call's timeout and by its signal.
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  createClient,
  ProjoTimeoutError,
  type CallOptions,
  type Client,
  type TokenStore,
} from "../../src/index.ts";
import { data, startServer } from "../test-server.ts";
import { answerOf, startTokenServer, tokensOf } from "../token-server.ts";

const hang = () => new Promise<never>(() => {});
const stored = tokensOf(1);
const full: TokenStore = { get: () => stored, set: () => {}, clear: () => {} };
type Call = (client: Client, options?: CallOptions) => Promise<unknown>;
const getTask: Call = (client, options) => client.tasks.get({ id: "t" }, options);
const signIn: Call = (client, options) =>
  client.auth.signIn({ email: "ann@example.com", password: "correct horse" }, options);
const signOut: Call = (client, options) => client.auth.signOut({}, options);
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

const cases: [string, Partial<TokenStore>, Call, { done: boolean }][] = [
  ["tokens.get", { get: hang }, getTask, { done: false }],
  ["tokens.set", { get: () => undefined, set: hang }, signIn, { done: true }],
  ["tokens.clear", { clear: hang }, signOut, { done: true }],
  ["tokens.lock", { lock: hang }, signIn, { done: true }],
];

describe("a method of the store that does not return", () => {
  it.each(cases)(
    "%s: the call ends after timeoutMs, and the error names the method",
    async (name, methods, call, { done }) => {
      const server = await startServer(data(answerOf(1)));
      const client = createClient({ baseUrl: server.url, tokens: { ...full, ...methods }, timeoutMs: 1500 });
      const error = await failureOf(call(client));
      expect(error).toBeInstanceOf(ProjoTimeoutError);
      expect(error).toMatchObject({ code: "TIMEOUT", mayHaveBeenCarriedOut: done });
      expect(String(error)).toContain(
        `because the function ${name} of the client's options has not returned`,
      );
      expect(String(error).includes("The server may have carried it out")).toBe(done);
    },
  );

  it.each(cases)("%s: the call ends with its signal", async (_, methods, call) => {
    const server = await startServer(data(answerOf(1)));
    const control = new AbortController();
    const client = createClient({ baseUrl: server.url, tokens: { ...full, ...methods } });
    const failed = failureOf(call(client, { signal: control.signal }));
    setTimeout(() => control.abort(new Error("The user left.")), 200);
    expect(await failed).toMatchObject({ message: "The user left." });
  });

  it("of a refresh: all calls end, and a later call names the method too", async () => {
    const server = await startTokenServer();
    server.expireAccessToken();
    const client = createClient({ baseUrl: server.url, tokens: { ...full, set: hang }, timeoutMs: 1500 });
    const errors = await Promise.all(Array.from({ length: 3 }, () => failureOf(getTask(client))));
    errors.push(await failureOf(getTask(client)));
    for (const error of errors) {
      expect(error).toMatchObject({ code: "TIMEOUT", operation: "tasks.get", mayHaveBeenCarriedOut: false });
      expect(String(error)).toContain("tokens.set");
    }
  });

  it("the source of the delay is the function for a token: the error names it", async () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:1", token: hang, timeoutMs: 100 });
    expect(String(await failureOf(getTask(client)))).toContain("the function token of the client's options");
  });
});

describe("an error of a call", () => {
  it("names no store when the server is slow", async () => {
    const server = await startServer(() => undefined);
    const error = await failureOf(
      getTask(createClient({ baseUrl: server.url, tokens: full, timeoutMs: 100 })),
    );
    expect(String(error)).toContain(`took longer than 100 ms at ${server.url}.`);
  });

  it("comes in time when neither the server nor the store answers a sign-out", async () => {
    const server = await startServer(() => undefined);
    const client = createClient({ baseUrl: server.url, tokens: { ...full, clear: hang }, timeoutMs: 200 });
    const outcome = await Promise.race([failureOf(client.auth.signOut()), wait(10_000, "late")]);
    expect(outcome).toMatchObject({ code: "TIMEOUT", mayHaveBeenCarriedOut: true });
    expect(String(outcome)).toContain("The token store did not delete the tokens either.");
  });
});
