// Access to the metrics, and their content: no secret, no id, and no more series because of what callers send.
import { randomBytes, randomUUID } from "node:crypto";
import { operations, reasons } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, send, startTestServer, type TestServer } from "../kit/index.ts";
import { MetricsAddressError, startMetricsServer } from "../../src/observe/metrics/metrics-server.ts";
import { createMetrics } from "../../src/observe/metrics/metrics.ts";
import { createTask, place, type Place } from "../overload/callers.ts";
import { METRICS_TOKEN, readMetrics, samplesOf } from "./metrics-kit.ts";

let server: TestServer;
let here: Place;
beforeAll(async () => {
  server = await startTestServer({ PROJO_METRICS_TOKEN: METRICS_TOKEN });
  here = await place(server);
  await createTask(here);
});
afterAll(() => server.close());

describe("/metrics on the server's port", () => {
  it.each([
    ["no token", {}],
    ["an empty token", { authorization: "Bearer " }],
    ["another token", { authorization: `Bearer ${"f".repeat(METRICS_TOKEN.length)}` }],
    ["the beginning of the token", { authorization: `Bearer ${METRICS_TOKEN.slice(0, -1)}` }],
    ["more than the token", { authorization: `Bearer ${METRICS_TOKEN}0` }],
    ["the token as a password", { authorization: `Basic ${btoa(`:${METRICS_TOKEN}`)}` }],
  ])("refuses %s with 401 and sends no metric", async (_, headers) => {
    const answer = await send(`${server.url}/metrics`, { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(answer.text).not.toContain("projo_");
    expect(answer.text).not.toContain(METRICS_TOKEN);
  });

  it("refuses the access token of a user", async () => {
    const headers = { authorization: `Bearer ${here.admin.token}` };
    expect((await send(`${server.url}/metrics`, { headers })).status).toBe(401);
  });

  it("/metrics does not exist without PROJO_METRICS_TOKEN", async () => {
    const other = await server.startAnother({ PROJO_METRICS_TOKEN: "" });
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    const [asked, unknown] = await Promise.all([
      send(`${other.url}/metrics`, { headers }),
      send(`${other.url}/metrix`, { headers }),
    ]);
    expect([asked.status, asked.error?.reason]).toEqual([404, unknown.error?.reason]);
    await other.close();
  });

  it("requires a token of at least 32 characters, and does not repeat a refused one", () => {
    const short = "short-secret";
    const problem = server.problemOf({ PROJO_METRICS_TOKEN: short });
    expect(problem).toMatch(/^PROJO_METRICS_TOKEN must be a random text of 32 to 200 characters/);
    expect(problem).not.toContain(short);
  });
});

describe("/metrics on its own port", () => {
  const metrics = createMetrics("0.0.0-test", { causes: [], securityEvents: [] });

  it("serves the metrics without a token, and nothing else", async () => {
    const own = await startMetricsServer(metrics, { host: "127.0.0.1", port: 0 });
    const origin = new URL(own.url).origin;
    const answer = await send(own.url);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    expect(answer.text).toContain('projo_build_info{version="0.0.0-test"} 1');
    expect((await send(own.url, { method: "HEAD" })).text).toBe("");
    for (const path of [
      "/",
      "/livez",
      "/trpc/system.health",
      "/metrics/",
      "/metrics/x",
      "//metrics",
      "/docs",
    ])
      expect((await send(`${origin}${path}`)).status, path).toBe(404);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
      expect((await send(own.url, { method })).status, method).toBe(405);
    await own.close();
  });

  it("reports a port that is in use by the name of its setting", async () => {
    const first = await startMetricsServer(metrics, { host: "127.0.0.1", port: 0 });
    const port = Number(new URL(first.url).port);
    const second = startMetricsServer(metrics, { host: "127.0.0.1", port });
    await expect(second).rejects.toThrow(MetricsAddressError);
    await expect(second).rejects.toThrow("PROJO_METRICS_PORT");
    await first.close();
  });
});

describe("the content of the metrics", () => {
  const known = {
    operation: new Set<string>(operations.map(({ name }) => name)),
    reason: new Set<string>([...Object.keys(reasons), "none"]),
  };

  it("the registry has no more series after random paths, operations, addresses and ids", async () => {
    await hostileTraffic(2);
    const before = await seriesOfRequests();
    await hostileTraffic(6);
    expect(await seriesOfRequests()).toEqual(before);
  });

  it("the registry has only declared operations and reasons, and labels that are short names", async () => {
    const values = samplesOf(await readMetrics(server)).flatMap(({ labels }) => Object.entries(labels));
    const valuesOf = (label: keyof typeof known) =>
      values.filter(([name]) => name === label).map(([, value]) => value);
    expect(valuesOf("operation").filter((value) => !known.operation.has(value))).toEqual([]);
    expect(valuesOf("reason").filter((value) => !known.reason.has(value))).toEqual([]);
    const others = values.filter(([name]) => name !== "le" && name !== "version");
    expect(others.filter(([, value]) => !/^[\w.]{1,64}$/.test(value))).toEqual([]);
  });

  it("the registry has no id, no address and no secret", async () => {
    const text = await readMetrics(server);
    const { admin, id, projectId } = here;
    for (const secret of [
      admin.token,
      admin.email,
      id,
      projectId,
      METRICS_TOKEN,
      "127.0.0.1",
      server.database.name,
    ])
      expect(text).not.toContain(secret);
    expect(text).not.toMatch(/[\da-f]{8}-[\da-f]{4}-/);
  });
});

/** All series, sorted, but those of garbage collection: the series of a kind begin with the first collection of the kind. */
async function seriesOfRequests(): Promise<string[]> {
  return samplesOf(await readMetrics(server))
    .filter(({ name }) => !name.startsWith("nodejs_gc_"))
    .map(({ name, labels }) => JSON.stringify([name, labels]))
    .toSorted();
}

/** Requests with texts that a careless server would make labels of. */
async function hostileTraffic(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const text = randomBytes(6).toString("hex");
    await Promise.all([
      send(`${server.url}/${text}/${text}`),
      send(`${server.url}/trpc/${text}.${text}`),
      send(`${server.url}/trpc/tasks.get,${text}?batch=1`),
      send(`${server.url}/trpc/tasks.get?input=${text}`, { headers: { "x-workspace-id": text } }),
      call(server.url, "auth.signIn", { input: { email: `${text}@example.com`, password: text } }),
      call(server.url, "auth.me", { token: text, headers: { "x-request-id": `request-${text}` } }),
      here.admin.call("tasks.get", { id: randomUUID() }, randomUUID()),
      send(`${server.url}/trpc/auth.me`, { method: "PROPFIND" }),
    ]);
  }
}
