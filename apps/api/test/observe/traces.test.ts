// Traces over OTLP: a span for the request, below it one for the operation, and below that one for each message to the database.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { eventually, send, startTestServer, type TestServer } from "../kit/index.ts";
import { createTask, place, type Place } from "../overload/callers.ts";
import { startCollector, type Collector, type ReceivedSpan } from "./collector.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

let collector: Collector;
let server: TestServer;
let here: Place;
let taskId: string;
beforeAll(async () => {
  // The SDK reads the interval of its batches from the environment of the process.
  vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "50");
  vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-collector-key=of-the-collector");
  vi.stubEnv("OTEL_SERVICE_NAME", "looms");
  collector = await startCollector();
  server = await startTestServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  });
  here = await place(server);
  taskId = String((await createTask(here)).data.id);
});
afterAll(async () => {
  await server.close();
  await collector.close();
  vi.unstubAllEnvs();
});

let traces = 0;
const newTrace = () => `${TRACE.slice(0, -4)}${String((traces += 1)).padStart(4, "0")}`;

/** Sends a request in a trace of its own. @returns the spans of the trace */
async function spansOf(path: string, init: RequestInit = {}, many = 3): Promise<ReceivedSpan[]> {
  const traceId = newTrace();
  const headers = {
    authorization: `Bearer ${here.admin.token}`,
    "x-workspace-id": here.id,
    traceparent: `00-${traceId}-${PARENT}-01`,
    ...Object.fromEntries(new Headers(init.headers)),
  };
  await send(`${server.url}${path}`, { ...init, headers });
  return eventually(() => {
    const found = collector.spans.filter((span) => span.traceId === traceId);
    return found.some(({ parentSpanId }) => parentSpanId === PARENT) && found.length >= many && found;
  });
}

const input = (value: object) => encodeURIComponent(JSON.stringify(value));
const childrenOf = (spans: readonly ReceivedSpan[], parent: ReceivedSpan | undefined) =>
  spans.filter(({ parentSpanId }) => parentSpanId === parent?.spanId);
const rootOf = (spans: readonly ReceivedSpan[]) => spans.find(({ parentSpanId }) => parentSpanId === PARENT);

describe("a trace", () => {
  it("continues the trace of the caller: request, operation, message to the database", async () => {
    const spans = await spansOf(`/trpc/tasks.get?input=${input({ id: taskId })}`);
    const root = rootOf(spans);
    expect(root?.name).toBe("GET tasks.get");
    const [operation, ...others] = childrenOf(spans, root);
    expect([operation?.name, others]).toEqual(["tasks.get", []]);
    const messages = childrenOf(spans, operation);
    expect(messages.map(({ name }) => name.startsWith("postgresql "))).toEqual([true]);
    expect(spans.length).toBe(3);
  });

  it("a trace has the messages of a write, with its COMMIT", async () => {
    const { data } = await createTask(here);
    const body = JSON.stringify({ id: data.id });
    const headers = { "content-type": "application/json" };
    const spans = await spansOf("/trpc/tasks.delete", { method: "POST", body, headers }, 4);
    const [operation] = childrenOf(spans, rootOf(spans));
    const names = childrenOf(spans, operation).map(({ name }) => name);
    expect(names.at(-1)).toBe("postgresql commit");
    expect(names.length).toBeGreaterThanOrEqual(3);
  });

  it("a trace has the messages of operations on accounts, which run through Prisma", async () => {
    const body = JSON.stringify({ email: here.admin.email, password: "wrong-password-of-ada" });
    const headers = { "content-type": "application/json" };
    const spans = await spansOf("/trpc/auth.signIn", { method: "POST", body, headers });
    const [operation] = childrenOf(spans, rootOf(spans));
    expect(childrenOf(spans, operation).length).toBe(2);
    expect(operation?.status.code).toBe(2);
    expect(JSON.stringify(operation?.attributes)).toContain("auth.invalid_credentials");
  });

  it("a trace has a span for each call of a batch", async () => {
    const spans = await spansOf(`/trpc/auth.me,tasks.get?batch=1&input=${input({ 1: { id: taskId } })}`);
    const root = rootOf(spans);
    expect(root?.name).toBe("GET batch");
    const names = childrenOf(spans, root).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["auth.me", "tasks.get"]));
  });

  it("a trace is sent with the headers and the service name of the environment", async () => {
    await spansOf("/livez", {}, 1);
    expect(collector.requests[0]).toMatchObject({ path: "/v1/traces" });
    expect(collector.requests[0]?.headers["x-collector-key"]).toBe("of-the-collector");
    expect(collector.bodies[0]).toContain('"looms"');
  });
});

it("a request whose caller does not record its trace is not recorded", async () => {
  const traceId = newTrace();
  const traceparent = `00-${traceId}-${PARENT}-00`;
  await send(`${server.url}/livez`, { headers: { traceparent } });
  await spansOf("/livez", {}, 1);
  expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
});

it("the line of a request without traceparent in the log has the id of its trace", async () => {
  await send(`${server.url}/openapi.json`, { headers: { "x-request-id": "begins-here" } });
  const line = await eventually(() => server.logLines.find((one) => one.includes("begins-here")) ?? false);
  const { traceId } = JSON.parse(line) as { traceId: string };
  const spans = () => collector.spans.filter((span) => span.traceId === traceId);
  await expect.poll(() => spans().map(({ name }) => name)).toEqual(["GET"]);
});

it("no span has a value of a statement, an input, a token or an address", async () => {
  const title = "a-title-that-no-trace-has";
  const body = JSON.stringify({ projectId: here.projectId, title });
  const headers = { "content-type": "application/json" };
  await spansOf("/trpc/tasks.create", { method: "POST", body, headers });
  const all = collector.bodies.join("\n");
  const { admin, id, projectId } = here;
  for (const secret of [
    title,
    admin.token,
    admin.email,
    id,
    projectId,
    taskId,
    "127.0.0.1",
    "SELECT",
    "INSERT",
  ])
    expect(all, secret).not.toContain(secret);
});

describe("without a collector that answers", () => {
  const own: TestServer[] = [];
  afterEach(() => Promise.all(own.splice(0).map((one) => one.close())));

  it("calls are answered, the log has one line about the outage, and the server stops", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_TIMEOUT", "300");
    const other = await server.startAnother({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" });
    own.push(other);
    for (let calls = 0; calls < 3; calls += 1) expect((await send(`${other.url}/livez`)).status).toBe(200);
    const lines = await eventually(() => {
      const found = other.logLines.filter((line) => line.includes("traces cannot be sent"));
      return found.length > 0 && found;
    });
    expect(lines.length).toBe(1);
    expect(lines.join("")).not.toContain("of-the-collector");
  });

  it("no traces are sent when OTEL_SDK_DISABLED or OTEL_TRACES_EXPORTER says so, and grpc is refused", async () => {
    const seen = collector.requests.length;
    for (const more of [{ OTEL_SDK_DISABLED: "true" }, { OTEL_TRACES_EXPORTER: "none" }]) {
      const other = await server.startAnother(more);
      await send(`${other.url}/livez`);
      await other.close();
    }
    expect(collector.requests.slice(seen).filter(({ path }) => path !== "/v1/traces")).toEqual([]);
    expect(server.problemOf({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toBe(
      'OTEL_EXPORTER_OTLP_PROTOCOL must be one of http/protobuf, http/json, not "grpc".',
    );
  });
});
