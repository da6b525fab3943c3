// A real HTTP server that returns scripted responses and records its requests.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

// The client loads these files when it needs them. The time limits of the tests do not include that.
await Promise.all([import("../src/call/recovery/recovery.ts"), import("../src/node/server-part.ts")]);

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  readonly headers: IncomingMessage["headers"];
  /** The `input` of the query string or the body, parsed; undefined when there is none. */
  readonly input: unknown;
}

export interface TestServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
}

export type Answer = (request: ReceivedRequest, response: ServerResponse) => void;

/** Starts a server that answers each request with the next answer, and all later ones with the last. Stops with the test. */
export async function startServer(...answers: Answer[]): Promise<TestServer> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    void readRequest(request).then((received) => {
      const answer = answers[Math.min(requests.push(received), answers.length) - 1];
      answer?.(received, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return { url: `http://127.0.0.1:${address.port}`, requests };
}

export const data =
  (value: unknown): Answer =>
  (_, response) =>
    sendJson(response, 200, { result: { data: value } });

export const failure =
  (status: number, fields: object, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    sendJson(
      response,
      status,
      {
        error: {
          message: "It did not work.",
          code: -32000,
          data: { code: "TEST", httpStatus: status, requestId: "req-1", ...fields },
        },
      },
      headers,
    );

export const raw =
  (status: number, headers: Record<string, string>, body: string): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

/** Closes the connection without a response. */
export const closeConnection: Answer = (_, response) => void response.socket?.destroy();

/** Sends no response. */
export const neverAnswer: Answer = () => undefined;

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function readRequest(request: IncomingMessage): Promise<ReceivedRequest> {
  const body = await text(request);
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const json = request.method === "GET" ? url.searchParams.get("input") : body;
  return {
    method: request.method ?? "",
    path: url.pathname,
    operation: url.pathname.split("/").at(-1) ?? "",
    headers: request.headers,
    input: json === null || json === "" ? undefined : JSON.parse(json),
  };
}
