// B1 Every way to write a response with Node's class adds the headers. The tests in ../../../test/cors send requests to a server.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { createCrossOrigin } from "./cross-origin.ts";
import { crossOriginResponse } from "./cross-origin-response.ts";

const APP = "https://app.example.com";
let server: Server | undefined;
afterEach(() => server?.close());

async function answerOf(listener: RequestListener, origin?: string): Promise<Response> {
  server = createServer({ ServerResponse: crossOriginResponse(createCrossOrigin([APP])) }, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}`, { headers: { connection: "close", ...(origin && { origin }) } });
}

describe("a response", () => {
  it.each<[form: string, vary: string, listener: RequestListener]>([
    ["without headers", "origin", (_, response) => response.end("text")],
    ["that begins with its body", "origin", (_, response) => void (response.write("te"), response.end("xt"))],
    ["with a status alone", "origin", (_, response) => response.writeHead(404).end("text")],
    ["with Vary", "accept, origin", (_, response) => response.writeHead(404, { vary: "accept" }).end("text")],
    [
      "with Vary set before",
      "accept, origin",
      (_, response) => response.setHeader("Vary", "accept").end("text"),
    ],
    [
      "with Vary set before, and other headers",
      "accept, origin",
      (_, response) => response.setHeader("vary", "accept").writeHead(404, { etag: "a" }).end("text"),
    ],
    [
      "with another permission",
      "origin",
      (_, response) => response.writeHead(404, { "access-control-allow-origin": "*" }).end("text"),
    ],
  ])("B1 %s permits the allowed origin", async (_form, vary, listener) => {
    const answer = await answerOf(listener, APP);
    expect(answer.headers.get("access-control-allow-origin")).toBe(APP);
    expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
    expect(answer.headers.get("vary")).toBe(vary);
    expect(await answer.text()).toBe("text");
  });

  it("B1 to another origin, or to none, permits nothing", async () => {
    for (const origin of ["https://evil.example", undefined]) {
      const answer = await answerOf((_, response) => response.writeHead(200, { etag: "a" }).end(), origin);
      expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
      expect([answer.headers.get("vary"), answer.headers.get("etag")]).toEqual(["origin", "a"]);
      server?.close();
    }
  });
});
