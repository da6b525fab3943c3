// A failure of a token store or of a function for an option is reported as that of the caller.
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createClient, type ClientOptions, type TokenStore } from "../../src/index.ts";
import { data, failure, startServer } from "../test-server.ts";
import { answerOf, startTokenServer, tokensOf } from "../token-server.ts";
import { createTask, failureOf, getTask } from "./failing-functions.ts";

describe("a token store with a bug", () => {
  const stored = tokensOf(1);
  const full: TokenStore = { get: () => stored, set: () => {}, clear: () => {} };
  const thrown = new Error("The vault is sealed.");
  const fail = () => {
    throw thrown;
  };

  it.each<[string, TokenStore, RegExp]>([
    ["get throws", { ...full, get: fail }, /tokens\.get .*failed: Error: The vault is sealed\./],
    ["get rejects", { ...full, get: async () => fail() }, /tokens\.get .*failed: Error/],
    ["get returns a string", { ...full, get: () => "pja_1" as never }, /tokens\.get .*neither undefined nor/],
    ["get returns {}", { ...full, get: () => ({}) as never }, /tokens\.get .*neither undefined nor/],
    [
      "get returns tokens that are not strings",
      { ...full, get: () => ({ accessToken: 7 }) as never },
      /tokens\.get .*neither undefined nor/,
    ],
  ])("%s: the error names the method, and no request is sent", async (_, tokens, message) => {
    const server = await startServer(data({ id: "t" }));
    const error = await failureOf(createTask(createClient({ baseUrl: server.url, tokens })));
    expect(error).toMatchObject({ code: "CALLBACK_FAILED", mayHaveBeenCarriedOut: false });
    expect(error.message).toMatch(message);
    expect(inspect(error)).not.toContain("pja_1");
    expect(server.requests).toEqual([]);
  });

  it("get returns null: there is no session", async () => {
    const server = await startServer(data({ id: "t" }));
    const tokens = { ...full, get: () => null as never };
    expect(await getTask(createClient({ baseUrl: server.url, tokens }))).toEqual({ id: "t" });
  });

  it.each<[string, Partial<TokenStore>, RegExp]>([
    ["set throws", { set: fail }, /tokens\.set .*failed: Error: The vault is sealed\./],
    ["lock throws", { lock: fail }, /tokens\.lock .*failed: Error: The vault is sealed\./],
    [
      "lock does not run its argument",
      { lock: async () => undefined as never },
      /tokens\.lock .*returned before/,
    ],
  ])("%s after a sign-in: the error says that the server carried it out", async (_, methods, message) => {
    const server = await startServer(data(answerOf(1)));
    const tokens = { ...full, get: () => undefined, ...methods };
    const client = createClient({ baseUrl: server.url, tokens });
    const error = await failureOf(
      client.auth.signIn({ email: "ann@example.com", password: "correct horse" }),
    );
    expect(error).toMatchObject({ code: "CALLBACK_FAILED", mayHaveBeenCarriedOut: true });
    expect(error.message).toMatch(message);
    expect(error.message).toContain("The server may have carried out auth.signIn");
    expect(server.requests).toHaveLength(1);
  });

  it("clear throws after a sign-out: the error says that the server carried it out", async () => {
    const server = await startServer(data({}));
    const error = await failureOf(
      createClient({ baseUrl: server.url, tokens: { ...full, clear: fail } }).auth.signOut(),
    );
    expect(error).toMatchObject({ code: "CALLBACK_FAILED", mayHaveBeenCarriedOut: true, cause: thrown });
    expect(error.message).toContain("tokens.clear");
  });

  it("a failure inside the lock is not a failure of the lock", async () => {
    const server = await startTokenServer();
    server.expireAccessToken();
    server.next(failure(401, { reason: "auth.token_reused" }));
    const log: unknown[] = [];
    const tokens: TokenStore = {
      ...full,
      lock: async (work) => {
        try {
          return await work();
        } catch (error) {
          log.push(error);
          throw new Error("The work failed.", { cause: error });
        }
      },
    };
    const error = await failureOf(getTask(createClient({ baseUrl: server.url, tokens })));
    expect(error).toMatchObject({ reason: "auth.token_reused", operation: "tasks.get" });
    expect(log).toEqual([]);
  });
});

const noSpan = (): never => {
  throw new Error("No span.");
};

describe("a function for an option with a bug", () => {
  it.each<[string, Partial<ClientOptions>]>([
    ["token", { token: noSpan }],
    ["token", { token: async () => noSpan() }],
    ["headers", { headers: noSpan }],
    ["traceparent", { traceparent: noSpan }],
  ])("%s: the error names the option, and no request is sent", async (name, options) => {
    const server = await startServer(data({ id: "t" }));
    const error = await failureOf(createTask(createClient({ baseUrl: server.url, ...options })));
    expect(error).toMatchObject({ code: "CALLBACK_FAILED", mayHaveBeenCarriedOut: false });
    expect(error.message).toContain(`The function ${name} of the client's options failed: Error: No span.`);
    expect(server.requests).toEqual([]);
  });
});
