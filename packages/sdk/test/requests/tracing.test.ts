import { afterEach, describe, expect, it, vi } from "vitest";
import { createClient } from "../../src/index.ts";
import { version } from "../../src/generated/version.ts";
import { createInstantClient } from "../instant-client.ts";
import { data, failure, startServer } from "../test-server.ts";

const task = { id: "t" };
const trace = (id: string) => `00-${id.repeat(32)}-${id.repeat(16)}-01`;

describe("traceparent", () => {
  it("the trace context is sent with each request: that of the call, else that of the client", async () => {
    const server = await startServer(failure(503, {}), data(task));
    let calls = 0;
    const { client } = createInstantClient({
      baseUrl: server.url,
      traceparent: () => ((calls += 1) < 3 ? trace("a") : undefined),
    });
    await client.tasks.get(task);
    await client.tasks.get(task, { traceparent: trace("b") });
    await client.workspace("w").tasks.get(task, { traceparent: () => trace("c") });
    await client.tasks.get(task);
    await client.tasks.get(task);
    const sent = server.requests.map(({ headers }) => headers["traceparent"]);
    expect(sent).toEqual([trace("a"), trace("a"), trace("b"), trace("c"), trace("a"), undefined]);
  });

  it.each([
    "",
    "00-1",
    trace("0"),
    trace("A"),
    trace("a").replace("00-", "ff-"),
    `${trace("a")}-extra`,
    `${trace("a")}\n`,
    7 as never,
  ])("cannot be %j", async (traceparent) => {
    const baseUrl = "http://127.0.0.1:1";
    const client = createClient({ baseUrl });
    for (const given of [traceparent, () => traceparent]) {
      await expect(client.tasks.get(task, { traceparent: given })).rejects.toThrow(TypeError);
      const call = createClient({ baseUrl, traceparent: given }).tasks.get(task);
      await expect(call).rejects.toThrow("W3C Trace Context");
    }
  });
});

describe("the user agent", () => {
  afterEach(() => void vi.unstubAllGlobals());
  const own = `projostack-sdk/${version}`;

  it.each<[string, Record<string, unknown>, string | undefined, string | undefined]>([
    ["Node.js", {}, undefined, `${own} (node/${process.versions.node})`],
    ["Node.js, with a suffix", {}, "billing/2 (eu)", `${own} (node/${process.versions.node}) billing/2 (eu)`],
    ["Deno", { Deno: { version: { deno: "2.5.1" } } }, undefined, `${own} (deno/2.5.1)`],
    ["Bun", { process: { versions: { bun: "1.3.0", node: "24.0.0" } } }, undefined, `${own} (bun/1.3.0)`],
    [
      "Workers",
      { process: undefined, navigator: { userAgent: "Cloudflare-Workers" } },
      undefined,
      `${own} (workerd)`,
    ],
    ["a browser", { process: undefined, navigator: { userAgent: "Mozilla/5.0" } }, undefined, undefined],
    ["a browser, with a suffix", { process: undefined }, "shop/1", `${own} shop/1`],
  ])("names the SDK and the runtime: %s", async (_, globals, userAgent, expected) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    let sent: string | undefined;
    const client = createClient({
      baseUrl: "http://127.0.0.1:1",
      userAgent,
      fetch: async (_url, { headers }) => {
        sent = headers["user-agent"];
        return new Response('{"result":{"data":{}}}');
      },
    });
    await client.tasks.get(task);
    expect(sent).toBe(expected);
  });

  it.each(["", "a\nb", "ü", 7 as never])("cannot end with %j", (userAgent) => {
    expect(() => createClient({ baseUrl: "http://127.0.0.1:1", userAgent })).toThrow(
      "userAgent must be printable ASCII.",
    );
  });
});
