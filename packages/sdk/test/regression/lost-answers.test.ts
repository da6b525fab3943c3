// A proxy forwards a request and then loses the answer. The failure says that the server may have carried out the call. A
// failure before the request was sent says that it has not.
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { createClient, ProjoConnectionError, ProjoError, type Client } from "../../src/index.ts";
import { data, failure, startServer, type TestServer } from "../test-server.ts";

const createTask = (client: Client) => client.tasks.create({ projectId: "p", title: "t" });
const getTask = (client: Client) => client.tasks.get({ id: "t" }, { maxRetries: 0 });

async function failureOf(call: Promise<unknown>): Promise<ProjoError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProjoError) return error;
    throw error;
  }
  throw new Error("The call did not fail.");
}

async function listen(server: Server): Promise<string> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Lose = (response: ServerResponse, answer: { status: number; body: Buffer }) => void;

/** Starts a proxy that forwards each request to the server, waits for the whole answer, and then loses it. */
async function startLosingProxy(server: TestServer, lose: Lose): Promise<string> {
  const pass = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(incoming);
    const { method, headers, url } = incoming;
    const onward = forward(`${server.url}${url}`, { method, headers }, (answer) => {
      void buffer(answer).then((text) => lose(response, { status: answer.statusCode ?? 0, body: text }));
    });
    onward.end(body);
  };
  return listen(createServer((incoming, response) => void pass(incoming, response)));
}

const sendNothing: Lose = () => {};
const page = "<html><body>Bad gateway</body></html>";
const losses: readonly (readonly [string, Lose])[] = [
  ["resets the connection", (response) => void response.socket?.resetAndDestroy()],
  ["closes the connection", (response) => void response.socket?.end()],
  [
    "answers 502 with a page",
    (response) => void response.writeHead(502, { "content-type": "text/html" }).end(page),
  ],
  [
    "answers 504 with a page",
    (response) => void response.writeHead(504, { "content-type": "text/html" }).end(page),
  ],
  ["answers 503 without a body", (response) => void response.writeHead(503).end()],
  [
    "answers 200 with a page",
    (response) => void response.writeHead(200, { "content-type": "text/html" }).end(page),
  ],
  ["answers 204", (response) => void response.writeHead(204).end()],
  [
    "truncates the body",
    (response, { body }) => {
      response.writeHead(200, { "content-length": String(body.length) });
      response.write(body.subarray(0, 5), () => response.socket?.destroy());
    },
  ],
  [
    "removes the end of the body",
    (response, { body }) => void response.writeHead(200).end(body.subarray(0, -2)),
  ],
  [
    "announces a compression that the body does not have",
    (response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("no gzip"),
  ],
  ["sends no answer", sendNothing],
];
const timeoutOf = (lose: Lose) => (lose === sendNothing ? 2000 : 30_000);

describe("N7 a mutation whose answer was lost", () => {
  it.each(losses)("may have been carried out, when a proxy %s", async (_, lose) => {
    const server = await startServer(data({ id: "t" }));
    const baseUrl = await startLosingProxy(server, lose);
    const client = createClient({ baseUrl, timeoutMs: timeoutOf(lose) });
    const error = await failureOf(createTask(client));
    expect(error.mayHaveBeenCarriedOut).toBe(true);
    expect(error.message).toMatch(/may have carried (?:it|out tasks\.create)/);
    expect(error.message).toContain("before you repeat it");
    expect(error.message).not.toContain("Cannot reach");
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ mayHaveBeenCarriedOut: true });
    // All attempts have the key that the error names.
    const keys = server.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys)).toEqual(new Set([error.idempotencyKey]));
  });

  it.each(losses)("differs from a query, which can be repeated, when a proxy %s", async (_, lose) => {
    const server = await startServer(data({ id: "t" }));
    const client = createClient({
      baseUrl: await startLosingProxy(server, lose),
      timeoutMs: timeoutOf(lose),
    });
    const error = await failureOf(getTask(client));
    expect(error.mayHaveBeenCarriedOut).toBe(false);
    expect(error.message).not.toContain("may have carried");
  });

  it.each([500, 503])("may have been carried out, when the server itself answers %i", async (status) => {
    const server = await startServer(failure(status, { reason: "server.unavailable" }));
    const error = await failureOf(createTask(createClient({ baseUrl: server.url })));
    expect(error.mayHaveBeenCarriedOut).toBe(true);
  });

  it("may have been carried out in a browser, which does not report the cause", async () => {
    const client = createClient({
      baseUrl: "https://projo.example",
      fetch: () => Promise.reject(new TypeError("Failed to fetch")),
    });
    const error = await failureOf(createTask(client));
    expect(error).toMatchObject({ failure: "unknown", mayHaveBeenCarriedOut: true });
    expect(error.message).toContain("or the connection was lost");
  });
});

describe("N7 a mutation that was not carried out", () => {
  it.each([400, 401, 403, 404, 409, 413, 429])(
    "says so after the refusal %i of the server",
    async (status) => {
      const server = await startServer(failure(status, { reason: "input.invalid" }));
      expect((await failureOf(createTask(createClient({ baseUrl: server.url })))).mayHaveBeenCarriedOut).toBe(
        false,
      );
    },
  );

  it("says so when the connection is refused", async () => {
    const gone = createTcpServer();
    const baseUrl = await listen(gone);
    await new Promise((resolve) => void gone.close(resolve));
    const error = await failureOf(createTask(createClient({ baseUrl })));
    expect(error).toMatchObject({
      mayHaveBeenCarriedOut: false,
      failure: "unreachable",
      systemCode: "ECONNREFUSED",
    });
    expect(error.message).not.toContain("may have carried");
  });

  it("says so when the host has no address", async () => {
    const error = await failureOf(createTask(createClient({ baseUrl: "http://no-such-host.invalid" })));
    expect(error).toBeInstanceOf(ProjoConnectionError);
    expect(error).toMatchObject({ mayHaveBeenCarriedOut: false, failure: "unknown_host" });
    // Without a network, the DNS does not answer.
    expect(error.message).toMatch(
      /^(?:There is no address|The DNS does not answer) for the host of http:\/\/no-such-host\.invalid /,
    );
  });

  it("says so when the server did not get the request before the timeout", async () => {
    const tokens = { get: () => new Promise<undefined>(() => {}), set: () => {}, clear: () => {} };
    const client = createClient({ baseUrl: "http://127.0.0.1:1", tokens, timeoutMs: 50 });
    expect(await failureOf(createTask(client))).toMatchObject({
      code: "TIMEOUT",
      mayHaveBeenCarriedOut: false,
    });
  });
});
