// The errors of functions that the caller passed contain no secret of the call.
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { createClient, type ProjoError, type TokenStore } from "../../src/index.ts";
import { createInstantClient } from "../instant-client.ts";
import { data, startServer } from "../test-server.ts";
import { answerOf } from "../token-server.ts";
import { baseUrl, codeError, failureOf, getTask, throwing } from "./failing-functions.ts";

describe("A3 the error of a call contains neither the token nor the input", () => {
  const password = "correct horse battery staple";
  const token = "pja_secret_token";
  const title = 'A "secret" title\nof two lines';
  const init = { headers: { authorization: `Bearer ${token}` }, body: JSON.stringify({ title }) };

  class LeakyHeaders {
    [inspect.custom]() {
      return init.headers;
    }
  }
  it.each<[string, unknown]>([
    ["message of a bug", new TypeError(`cannot send ${JSON.stringify(init)}`)],
    ["message of a network failure", codeError("ECONNRESET", Error, `lost ${JSON.stringify(init)}`)],
    [
      "message with the URL of a query",
      codeError("ECONNRESET", Error, `lost ?input=${encodeURIComponent(JSON.stringify({ title }))}`),
    ],
    ["property", Object.assign(new TypeError("fetch failed"), { init })],
    ["symbol", Object.assign(new TypeError("fetch failed"), { [Symbol("init")]: init })],
    ["hidden property", Object.defineProperty(new TypeError("fetch failed"), "init", { value: init })],
    [
      "inspected object",
      Object.assign(codeError("ERR_NETWORK"), { config: { headers: new LeakyHeaders() } }),
    ],
    [
      "cause",
      new TypeError("fetch failed", { cause: codeError("ECONNRESET", Error, init.headers.authorization) }),
    ],
    ["aggregated error", new AggregateError([new Error(init.body)], "fetch failed")],
    ["map", Object.assign(new TypeError("fetch failed"), { headers: new Map(Object.entries(init.headers)) })],
    ["thrown string", `fetch ${token}`],
    ["thrown object", { name: "NetworkError", init }],
    ["stack", Object.assign(new Error("no"), { stack: `Error: no\n    at ${token} (x.js:1:1)` })],
  ])("when the error of fetch has them in its %s", async (_, thrown) => {
    for (const maxRetries of [0, 1]) {
      const { client } = createInstantClient({ baseUrl, token, maxRetries, fetch: throwing(thrown) });
      for (const call of [
        client.tasks.create({ projectId: "p", title }),
        client.tasks.list({ search: title }),
      ]) {
        expect(shownOf(await failureOf(Promise.resolve(call)))).not.toMatch(secrets);
      }
    }
  });

  it("when the error of fetch has the password of a sign-in", async () => {
    const client = createClient({ baseUrl, fetch: leaky });
    const error = await failureOf(client.auth.signIn({ email: "ann@example.com", password }));
    expect(shownOf(error)).not.toMatch(secrets);
  });

  it("when the error of a store has them", async () => {
    const server = await startServer(data(answerOf(1)));
    const tokens: TokenStore = {
      get: () => undefined,
      clear: () => {},
      set: (changed) => {
        throw new Error(`cannot write ${JSON.stringify(changed)}`);
      },
    };
    const client = createClient({ baseUrl: server.url, tokens });
    const error = await failureOf(client.auth.signIn({ email: "ann@example.com", password }));
    expect(shownOf(error)).not.toMatch(secrets);
  });

  it("keeps the error itself as the cause when it is clean", async () => {
    const thrown = new TypeError("fetch failed", { cause: codeError("ECONNREFUSED") });
    const error = await failureOf(
      getTask(createClient({ baseUrl, token, maxRetries: 0, fetch: throwing(thrown) })),
    );
    expect(error.cause).toBe(thrown);
  });

  it("keeps the code and the frames of an error that it copies", async () => {
    const thrown = codeError("ECONNRESET", Error, `lost ${token}`);
    const error = await failureOf(
      getTask(createClient({ baseUrl, token, maxRetries: 0, fetch: throwing(thrown) })),
    );
    expect(error.cause).not.toBe(thrown);
    expect(error.cause).toMatchObject({ code: "ECONNRESET", stack: expect.stringContaining("codeError") });
  });
});

async function leaky(_: string, sent: { body?: string }): Promise<never> {
  throw new TypeError(`cannot send ${sent.body}`);
}

/** Returns everything that a program may print of the error. */
function shownOf(error: ProjoError): string {
  const written: string[] = [];
  const spy = vi.spyOn(console, "error").mockImplementation((value) => void written.push(inspect(value)));
  console.error(error);
  spy.mockRestore();
  return [
    inspect(error, { depth: null, showHidden: true, getters: true }),
    JSON.stringify(error),
    JSON.stringify(error.cause) ?? "",
    error.stack ?? "",
    ...written,
  ].join("\n");
}

const secrets = /pj[ar]_|correct horse|secret"? title|secret%/i;
