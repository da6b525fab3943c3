// A failure of the fetch that the caller passed: a bug in it is reported as theirs, and a failed network is retried.
import { describe, expect, it, vi } from "vitest";
import { createClient, ProjoConnectionError, type Fetch } from "../../src/index.ts";
import { createInstantClient } from "../instant-client.ts";
import { data, startServer } from "../test-server.ts";
import { baseUrl, codeError, createTask, failureOf, getTask, throwing } from "./failing-functions.ts";

/** Values that no fetch returns by its types. */
const returning = (value: unknown): Fetch => vi.fn<Fetch>(async () => value as Awaited<ReturnType<Fetch>>);
const bug = (): unknown => {
  const nothing: { url?: { href: string } } = {};
  return (nothing.url as { href: string }).href;
};

describe("a fetch with a bug", () => {
  it.each<[string, Fetch, RegExp]>([
    [
      "throws a TypeError",
      vi.fn<Fetch>(async () => bug() as never),
      /failed: TypeError: Cannot read properties/,
    ],
    [
      "throws before it returns a promise",
      vi.fn<Fetch>(() => bug() as never),
      /failed: TypeError: Cannot read/,
    ],
    [
      "throws a ReferenceError",
      throwing(new ReferenceError("agent is not defined")),
      /ReferenceError: agent/,
    ],
    ["refuses an argument", throwing(codeError("ERR_INVALID_ARG_TYPE", TypeError)), /ERR_INVALID_ARG_TYPE/],
    ["refuses a URL", throwing(codeError("ERR_INVALID_URL", TypeError)), /ERR_INVALID_URL/],
    ["refuses an option of undici", throwing(codeError("UND_ERR_INVALID_ARG")), /UND_ERR_INVALID_ARG/],
    ["uses a closed agent", throwing(codeError("UND_ERR_CLOSED")), /UND_ERR_CLOSED/],
    ["cannot read a file", throwing(codeError("ENOENT")), /failed: Error: ENOENT/],
    ["throws for a status, as axios does", throwing(codeError("ERR_BAD_REQUEST")), /ERR_BAD_REQUEST/],
    ["throws a string", throwing("no network module"), /failed: no network module\./],
    ["throws undefined", throwing(undefined), /The function fetch of the client's options failed\./],
    ["returns undefined", returning(undefined), /returned no response/],
    ["returns null", returning(null), /returned no response/],
    ["returns parsed JSON", returning({ result: { data: {} } }), /returned no response/],
    [
      "returns a response of axios",
      returning({ status: 200, headers: {}, data: {} }),
      /returned no response/,
    ],
    ["returns a response that is already read", readResponse(), /whose body is already read/],
    [
      "returns a text that is not a string",
      returning({ ...plain, text: async () => ({}) }),
      /without a text/,
    ],
    ["has a body that is locked", lockedResponse(), /TypeError/],
  ])("%s: the error names fetch, and nothing is repeated", async (_, fetch, message) => {
    const { client, waits } = createInstantClient({ baseUrl, fetch });
    const error = await failureOf(getTask(client));
    expect(error).toMatchObject({ code: "CALLBACK_FAILED", operation: "tasks.get", status: undefined });
    expect(error).not.toBeInstanceOf(ProjoConnectionError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain("The function fetch of the client's options");
    expect(error.message).not.toContain("Cannot reach");
    expect(error.mayHaveBeenCarriedOut).toBe(false);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(waits).toEqual([]);
  });

  it("may have sent a mutation", async () => {
    const thrown = new RangeError("Invalid count.");
    const error = await failureOf(createTask(createClient({ baseUrl, fetch: throwing(thrown) })));
    expect(error).toMatchObject({ code: "CALLBACK_FAILED", mayHaveBeenCarriedOut: true, cause: thrown });
    expect(error.message).toContain("The server may have carried out tasks.create");
  });

  it("a network failure is recognized also when a global fetch is missing", async () => {
    vi.stubGlobal("fetch", undefined);
    try {
      await expect(getTask(createClient({ baseUrl }))).rejects.toThrow("This runtime has no fetch.");
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("a fetch whose network failed", () => {
  const cause = codeError("ECONNRESET");
  it.each<[string, unknown]>([
    ["undici", new TypeError("fetch failed", { cause })],
    [
      "a wrapper of undici",
      new Error("request 7 failed", { cause: new TypeError("fetch failed", { cause }) }),
    ],
    ["several addresses", new TypeError("fetch failed", { cause: new AggregateError([cause], "all") })],
    ["undici, while it reads the body", new TypeError("terminated", { cause: codeError("UND_ERR_SOCKET") })],
    ["undici, with a timeout", codeError("UND_ERR_HEADERS_TIMEOUT")],
    ["a browser based on Chromium", new TypeError("Failed to fetch")],
    ["Safari", new TypeError("Load failed")],
    ["Safari without a network", new TypeError("The Internet connection appears to be offline.")],
    ["Firefox", new TypeError("NetworkError when attempting to fetch resource.")],
    ["React Native", new TypeError("Network request failed")],
    ["Deno", new TypeError("error sending request for url (http://127.0.0.1:4000/)")],
    ["Bun", Object.assign(new Error("Unable to connect."), { code: "ConnectionRefused" })],
    ["Cloudflare Workers", new Error("Network connection lost.")],
    ["an implementation with a message of its own", new TypeError("The reply got lost.")],
    ["node-fetch", Object.assign(new Error("request failed"), { name: "FetchError", type: "system" })],
    ["axios", Object.assign(new Error("Network Error"), { name: "AxiosError", code: "ERR_NETWORK" })],
    ["XMLHttpRequest", new DOMException("A network error occurred.", "NetworkError")],
    ["a timeout of the fetch itself", new DOMException("The operation timed out.", "TimeoutError")],
    ["an abort by the fetch itself", new DOMException("This operation was aborted", "AbortError")],
  ])("%s: the client repeats the call", async (_, thrown) => {
    let calls = 0;
    const server = await startServer(data({ id: "t" }));
    const { client } = createInstantClient({
      baseUrl: server.url,
      fetch: async (url, init) => {
        if ((calls += 1) === 1) throw thrown;
        return await fetch(url, init);
      },
    });
    expect(await createTask(client)).toEqual({ id: "t" });
    const once = createClient({ baseUrl, fetch: throwing(thrown), maxRetries: 0 });
    const error = await failureOf(createTask(once));
    expect(error).toBeInstanceOf(ProjoConnectionError);
    expect(error).toMatchObject({ mayHaveBeenCarriedOut: true, cause: thrown });
  });

  it("reports the code of the system, not that of the wrapper", async () => {
    const refused = Object.assign(new Error("Network Error", { cause: codeError("ECONNREFUSED") }), {
      code: "ERR_NETWORK",
    });
    const client = createClient({ baseUrl, fetch: throwing(refused), maxRetries: 0 });
    expect(await failureOf(createTask(client))).toMatchObject({
      failure: "unreachable",
      systemCode: "ECONNREFUSED",
      mayHaveBeenCarriedOut: false,
    });
  });
});

const plain = { status: 200, headers: { get: () => null } };

function readResponse(): Fetch {
  return vi.fn<Fetch>(async () => {
    const response = new Response("{}");
    await response.text();
    return response;
  });
}

function lockedResponse(): Fetch {
  return vi.fn<Fetch>(async () => {
    const response = new Response("{}");
    response.body?.getReader();
    return response;
  });
}
