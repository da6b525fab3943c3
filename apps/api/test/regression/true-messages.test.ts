// Each refusal of a request names its true cause and the next step, with and without the fast path. The requests are bytes on a
// socket, because HTTP clients do not send most of them.
import { httpStatusOf, type ErrorShape } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  problemOfMessage,
  startServerOver,
  startTestServer,
  type TestServer,
} from "../kit/index.ts";
import { exchangeRaw } from "./raw-requests.ts";
import { bodyRows } from "./refused-requests/body-rows.ts";
import { callerRows, workspaceRows } from "./refused-requests/caller-rows.ts";
import { connectionRows } from "./refused-requests/connection-rows.ts";
import { inputRows } from "./refused-requests/input-rows.ts";
import { batchRows, pathRows } from "./refused-requests/path-rows.ts";
import type { CallerHeaders, Refusal, Row } from "./refused-requests/row.ts";

let fast: TestServer;
let plain: TestServer;
let caller: CallerHeaders;
beforeAll(async () => {
  // Both servers accept the same tokens.
  const keys = { PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}` };
  fast = await startTestServer({ ...keys, PROJO_FAST_PATH: "true" });
  plain = await startServerOver(fast.database, { ...keys, PROJO_FAST_PATH: "false" });
  const person = await arrive(fast, "person");
  caller = {
    bearer: `authorization: Bearer ${person.token}`,
    workspaceHeader: `x-workspace-id: ${await foundWorkspace(person)}`,
  };
});
afterAll(async () => {
  await plain.close();
  await fast.close();
});

async function expectRefusal(server: TestServer, request: ReturnType<Row[1]>, expected: Refusal) {
  const sent = typeof request === "string" || Buffer.isBuffer(request) ? { bytes: request } : request;
  const { status, headers, body, isClosed } = await exchangeRaw(server.url, sent);
  const parsed = JSON.parse(body) as { error: ErrorShape } | readonly { error: ErrorShape }[];
  const { error } = "error" in parsed ? parsed : (parsed[0] ?? { error: null });
  expect(error, body).toMatchObject({
    message: expected.message,
    data: { reason: expected.reason, httpStatus: httpStatusOf(expected.reason) },
  });
  expect(status).toBe(httpStatusOf(expected.reason));
  expect(error && problemOfMessage(error.message, error.data)).toBeNull();
  expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-request-id")).toBe(error?.data.requestId);
  expect(headers.get("allow")).toBe(expected.allow);
  expect(isClosed).toBe(expected.closes ?? false);
}

const rows = [
  ...connectionRows,
  ...bodyRows,
  ...batchRows,
  ...pathRows,
  ...inputRows,
  ...callerRows,
  ...workspaceRows,
];

describe("the server names the cause and the next step", () => {
  it.each(rows)("for %s", async (_, request, expected) => {
    expect.hasAssertions();
    await expectRefusal(fast, request(caller), expected);
    await expectRefusal(plain, request(caller), expected);
  });
});
