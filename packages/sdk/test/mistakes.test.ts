// The mistakes that a compiler would find. A program in JavaScript gets an error that names the argument and the correction.
import { describe, expect, it } from "vitest";
import { createClient, memoryTokenStore } from "../src/index.ts";
import { data, startServer } from "./test-server.ts";

const baseUrl = "http://127.0.0.1:9";

/** Passes a value of a wrong type, as a program in JavaScript may. */
function invalid(value: unknown): never {
  return value as never;
}

describe("createClient", () => {
  it.each([
    [baseUrl, "createClient needs options: createClient({ baseUrl })"],
    [null, "createClient needs options"],
    [{}, "Set baseUrl to the URL of the server"],
    [{ baseUrl: 4000 }, "Set baseUrl to the URL of the server"],
    [{ baseUrl: "localhost:4000" }, "It begins with http:// or https://."],
    [{ baseUrl: `${baseUrl}/trpc` }, 'Remove "/trpc"'],
    [{ baseUrl: `${baseUrl}/trpc/tasks.list` }, 'Remove "/trpc"'],
    [{ baseUrl, timeout: 5 }, 'There is no option "timeout". Did you mean timeoutMs?'],
    [{ baseURL: baseUrl }, "Did you mean baseUrl?"],
    [{ baseUrl, apiKey: "x" }, "Did you mean token?"],
    [{ baseUrl, retries: 1 }, "Did you mean maxRetries?"],
    [{ baseUrl, workspace: "x" }, "Did you mean workspaceId?"],
    [{ baseUrl, color: "x" }, 'There is no option "color". The options are baseUrl, token,'],
    [{ baseUrl, timeoutMs: "5000" }, "timeoutMs must be a number"],
    [{ baseUrl, maxRetries: "2" }, "maxRetries must be a whole number"],
    [{ baseUrl, token: 5 }, "The token must be a string, or a function"],
    [{ baseUrl, token: "Bearer pja_x" }, 'Remove "Bearer " from the token'],
    [{ baseUrl, token: "pjr_x" }, "The token must be an access token (pja_...) or a service key"],
    [{ baseUrl, token: "pji_x" }, "The token must be an access token (pja_...) or a service key"],
    [{ baseUrl, tokens: {} }, "tokens must be an object with the methods get, set and clear"],
    [{ baseUrl, fetch: "fetch" }, "fetch must be a function"],
    [{ baseUrl, workspaceId: "" }, "The workspace id must be at least one character"],
  ])("refuses %j", (options, words) => {
    expect(() => createClient(invalid(options))).toThrow(words);
    expect(() => createClient(invalid(options))).toThrow(TypeError);
  });
});

describe("workspace", () => {
  it.each([
    [undefined, "The workspace id must be a string, and not undefined."],
    [null, "and not null."],
    [{ id: "w" }, "must be a string, and not object."],
    ["", "The workspace id must be at least one character."],
  ])("refuses %j", (id, words) => {
    expect(() => createClient({ baseUrl }).workspace(invalid(id))).toThrow(words);
  });
});

describe("a call", () => {
  const circular: Record<string, unknown> = { projectId: "p" };
  circular["self"] = circular;
  it.each([
    ["a positional id", "t_1", "It received a string."],
    ["an array", [{}], "It received an array."],
    ["NaN", { title: Number.NaN }, 'The field "title" in the input of tasks.create is NaN.'],
    ["a function", { title: () => "t" }, "is a function."],
    ["a symbol", { title: Symbol("t") }, "is a symbol."],
    ["a bigint", { title: 1n }, "is a bigint."],
    ["a Map", { title: new Map() }, "is a Map."],
    ["a promise without await", { title: Promise.resolve("t") }, "is a Promise."],
    ["an invalid date", { title: new Date(Number.NaN) }, "is an invalid Date."],
    ["an undefined item", { items: [undefined] }, "is undefined."],
    ["a FormData", new FormData(), "The input of tasks.create is a FormData."],
    ["a Map in a nested field", { items: [{ tags: new Map() }] }, 'The field "items.0.tags" in the'],
    ["a circular input", circular, "The input of tasks.create contains itself."],
  ])("refuses %s", async (_, input, words) => {
    const call = createClient({ baseUrl }).tasks.create(invalid(input));
    await expect(call).rejects.toThrow(words);
    await expect(call).rejects.toBeInstanceOf(TypeError);
  });

  it("sends a date in its ISO form and omits an undefined field", async () => {
    const server = await startServer(data({}));
    const client = createClient({ baseUrl: server.url });
    await client.call("tasks.create", invalid({ at: new Date(0), by: undefined }));
    expect(server.requests[0]?.input).toEqual({ at: "1970-01-01T00:00:00.000Z" });
  });

  it.each([
    [{ timeout: 5 }, "Did you mean timeoutMs?"],
    [{ retries: 5 }, "Did you mean maxRetries?"],
    ["x", "They cannot be a string"],
    [() => undefined, "They cannot be a function"],
    [{ signal: new AbortController() }, "Pass { signal: controller.signal }"],
    [{ signal: 5 }, "signal must be an AbortSignal"],
  ])("refuses the options %j", async (options, words) => {
    const { tasks } = createClient({ baseUrl, tokens: memoryTokenStore() });
    await expect(tasks.get({ id: "t" }, invalid(options))).rejects.toThrow(words);
    await expect(tasks.list({}, invalid(options))).rejects.toThrow(words);
  });

  it("refuses the name of an operation that is no string", async () => {
    await expect(createClient({ baseUrl }).call(invalid(undefined))).rejects.toThrow("There is no operation");
  });
});
