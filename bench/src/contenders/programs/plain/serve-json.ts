// A minimal HTTP server on node:http that responds with the handler's result as JSON.
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";

export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** An error with an HTTP status, as the response to a refused request. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function serveJson(answer: (request: JsonRequest) => Promise<unknown>): Promise<Server> {
  const server = createServer((request, response) => {
    void readRequest(request)
      .then(answer)
      .then(
        (value) => ({ status: 200, value }),
        (error: unknown) =>
          error instanceof HttpError
            ? { status: error.status, value: { error: error.message } }
            : { status: 500, value: { error: String(error) } },
      )
      .then(({ status, value }) => {
        const body = JSON.stringify(value);
        response.writeHead(status, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        });
        response.end(body);
      });
  });
  return new Promise((listening) => {
    server.listen(0, "127.0.0.1", () => listening(server));
  });
}

async function readRequest(request: IncomingMessage): Promise<JsonRequest> {
  const { method = "GET", url = "/", headers } = request;
  const [path = "/", query = ""] = url.split("?", 2);
  const body: unknown = method === "POST" ? JSON.parse(await text(request)) : undefined;
  return { method, path, query: new URLSearchParams(query), headers, body };
}
