// The header traceparent (W3C Trace Context): the log lines of a request contain the id of the caller's trace.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, call, send, startTestServer, type Person, type TestServer } from "../kit/index.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startTestServer({ PROJO_LOG_LEVEL: "info" });
  ada = await arrive(server, "ada");
});
afterAll(() => server.close());

/** Waits for the log lines of a request. */
async function linesOf(requestId: string, many = 1): Promise<Record<string, unknown>[]> {
  const found = () => server.logLines.filter((line) => line.includes(`"requestId":"${requestId}"`));
  await expect.poll(() => found().length).toBeGreaterThanOrEqual(many);
  return found().map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("the log lines of a request", () => {
  it.each([
    ["a query", "auth.me", undefined],
    ["a mutation", "workspaces.create", { name: "Traced" }],
    ["an unknown operation", "nope", undefined],
  ])("contain the trace id of %s", async (_, name, input) => {
    const requestId = `traced-${name}`;
    await call(server.url, name, {
      token: ada.token,
      input,
      headers: { "x-request-id": requestId, traceparent },
    });
    expect(await linesOf(requestId)).toMatchObject([{ msg: "request", traceId: TRACE }]);
  });

  it("contain the trace id of a path without an operation", async () => {
    await send(`${server.url}/openapi.json`, { headers: { "x-request-id": "traced-document", traceparent } });
    expect(await linesOf("traced-document")).toMatchObject([{ msg: "request", traceId: TRACE }]);
  });

  it("contain the trace id of a security event and of an error", async () => {
    const headers = { "x-request-id": "traced-refused", traceparent };
    await call(server.url, "auth.me", { token: `${ada.token}x`, headers });
    const refused = await linesOf("traced-refused", 2);
    expect(refused.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE]);

    await server.database.owner("ALTER TABLE workspaces RENAME TO moved");
    const failed = { "x-request-id": "traced-bug", traceparent };
    expect((await call(server.url, "workspaces.list", { token: ada.token, headers: failed })).status).toBe(
      500,
    );
    await server.database.owner("ALTER TABLE moved RENAME TO workspaces");
    const lines = await linesOf("traced-bug", 2);
    expect(lines.map(({ msg }) => msg).toSorted()).toEqual(["a bug", "request"]);
    expect(lines.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE]);
  });

  it("contain no trace id without a valid traceparent, and the request succeeds", async () => {
    for (const [at, malformed] of ["00-zz-zz-zz", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`, ""].entries()) {
      const requestId = `untraced-${at}`;
      const headers = { "x-request-id": requestId, traceparent: malformed };
      expect((await call(server.url, "auth.me", { token: ada.token, headers })).status).toBe(200);
      const [line] = await linesOf(requestId);
      expect(line).not.toHaveProperty("traceId");
    }
  });
});
