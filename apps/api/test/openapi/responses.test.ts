// The responses of a server match the OpenAPI document: those of every operation, for every caller and for every reason.
import { randomUUID } from "node:crypto";
import { operations, reasons, type Reason } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCallerSet, type CallerSet } from "../equality/caller-set.ts";
import { exchange, type Heard, type Sent } from "../equality/exchange.ts";
import { smallQuotas } from "../equality/full-workspaces.ts";
import { provocations } from "../equality/reasons.ts";
import { requestOf } from "../equality/requests.ts";
import { arrive, bySuite, plantWorkspace, startTestServer, type TestServer } from "../kit/index.ts";
import { inputOf, setScene, tokenFor } from "../resources/index.ts";
import type { OpenApiDocument } from "../../src/openapi/document.ts";
import { describedBy, type Described } from "./described-responses.ts";

let server: TestServer;
let callerSet: CallerSet;
let described: Described;
beforeAll(async () => {
  server = await startTestServer({ ...smallQuotas, PROJO_LIMITS: "50" });
  callerSet = await createCallerSet(server);
  described = describedBy((await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApiDocument);
});
afterAll(() => server.close());

const MISSING_TOKEN = /must have required property '(?:accessToken|accessTokenExpiresAt|refreshToken)'/;

const setting = () => ({ workspaceId: callerSet.homeId, email: callerSet.admin.email });

/** Sends a request and returns the response, with what the document does not describe. */
async function send(sent: Sent): Promise<{ heard: Heard; differences: string[] }> {
  const heard = await exchange(server.url, sent);
  const [path = ""] = sent.path.split("?");
  const [first = ""] = path.split(",");
  const differences = described.differencesOf(first, heard);
  // The document describes in words that these answers lack the tokens in cookie mode.
  const lacksTokens = sent.headers["x-session"] === "cookie" && /^auth\.sign(?:In|Up)$/.test(first.slice(6));
  return {
    heard,
    differences: lacksTokens ? differences.filter((one) => !MISSING_TOKEN.test(one)) : differences,
  };
}

describe("The OpenAPI document describes", () => {
  it.each(operations)("the responses of $name to every caller", async ({ name, operation: { kind } }) => {
    const found: string[] = [];
    const callers = Object.values(callerSet.callers);
    const tried = bySuite({ short: callers.filter((_, nth) => nth % 3 === 0), full: callers });
    for (const tokenOf of tried) {
      const scene = await setScene(server, callerSet.admin, setting());
      const as = { token: await tokenOf(), workspaceId: callerSet.homeId };
      const { differences } = await send(requestOf(kind, name, inputOf(name, scene), as));
      found.push(...differences);
    }
    expect([...new Set(found)]).toEqual([]);
  });

  it.each(operations)("the successful response of $name", async ({ name, operation: { kind } }) => {
    const person = await arrive(server, randomUUID());
    const workspaceId = await plantWorkspace(server, person);
    const scene = await setScene(server, person, { workspaceId, email: person.email });
    const as = { token: tokenFor(name, person, scene), workspaceId };
    const { heard, differences } = await send(requestOf(kind, name, inputOf(name, scene), as));
    expect(heard.status, heard.text).toBe(200);
    expect(differences).toEqual([]);
  });

  const provoked = provocations.flatMap(({ reason, provoke }) => (provoke ? [{ reason, provoke }] : []));
  it.each(provoked)("the response with the reason $reason", async ({ reason, provoke }) => {
    const scene = await setScene(server, callerSet.admin, setting());
    const sent = await provoke({ both: server, callerSet, scene });
    let { heard, differences } = await send(sent);
    for (let nth = 1; nth < 200 && !heard.text.includes(`"${reason}"`); nth += 1)
      ({ heard, differences } = await send(sent));
    expect(heard.text).toContain(`"reason":"${reason}"`);
    expect(differences).toEqual([]);
  });

  it.each(["/livez", "/readyz", "/openapi.json", "/docs", "/.well-known/projo-audit-keys.json"])(
    "the response of %s",
    async (path) => {
      const { heard, differences } = await send({ method: "GET", path, headers: {} });
      expect(heard.status).toBe(200);
      expect(differences).toEqual([]);
    },
  );
});

describe("A difference between the server and the document is found:", () => {
  const data = { code: "NOT_FOUND", httpStatus: 404, reason: "task.not_found", requestId: "r-1" };
  const headers: Heard["headers"] = [
    ["content-type", "application/json"],
    ["x-request-id", "r-1"],
  ];
  const differences = (change: Partial<Heard>) =>
    described.differencesOf("/trpc/tasks.get", { status: 404, headers, text: error(data), ...change });

  it("none in a correct response", () => {
    expect(differences({})).toEqual([]);
  });

  it.each<[string, Partial<Heard>]>([
    ["another status", { status: 418 }],
    [
      "a reason that the operation does not declare",
      { text: error({ ...data, reason: "project.not_found" }) },
    ],
    ["a field that the document does not have", { text: error({ ...data, path: "tasks.get" }) }],
    ["a missing field", { text: error({ ...data, requestId: undefined }) }],
    ["a status in the body that differs", { text: error({ ...data, httpStatus: 403 }) }],
    ["a header that the document does not have", { headers: [...headers, ["x-powered-by", "a"]] }],
    ["a missing header", { headers: headers.slice(0, 1) }],
    ["a wait in a response that names none", { headers: [...headers, ["retry-after", "1"]] }],
    ["another media type", { headers: [["content-type", "text/html"], ...headers.slice(1)] }],
    ["an output without a field", { status: 200, text: '{"result":{"data":{}}}' }],
  ])("%s", (_, change) => {
    expect(differences(change)).not.toEqual([]);
  });

  it("every reason has a provoked response, or only a fault causes it", () => {
    const without = provocations.filter(({ provoke }) => provoke === null).map(({ reason }) => reason);
    expect(without.length).toBeLessThan(6);
    expect(provocations).toHaveLength((Object.keys(reasons) as Reason[]).length);
  });
});

const error = (data: object): string => JSON.stringify({ error: { message: "No.", code: -32004, data } });
