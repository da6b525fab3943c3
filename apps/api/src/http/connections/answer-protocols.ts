// Answers requests that Node would answer without a body or close without an answer: CONNECT, an unsupported Expect header,
// and a request without Host.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { errorShape } from "../../rpc/failures/error-shape.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import { answerBug } from "../answer-bug.ts";
import { answerHeaders } from "../answer.ts";
import { commonHeaders } from "../common-headers.ts";
import { requestIdOf } from "../request-id.ts";

export interface ProtocolDeps {
  readonly services: Services;
  /** Answers a connection and closes it. */
  readonly refuse: (socket: Socket, failure: Failure) => void;
}

export function answerProtocols(server: Server, { services, refuse }: ProtocolDeps): void {
  // No header that a client can send within the limit of their total size is dropped silently.
  server.maxHeadersCount = 0;
  server.on("connect", (_: IncomingMessage, stream: Duplex) => {
    refuse(stream as Socket, Failure.because("request.malformed", "tunnel", {}));
  });
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    try {
      answerExpectation(requestIdOf(request.headers["x-request-id"], services.randomness), response);
    } catch (error) {
      answerBug(services, error, response);
    }
  });
}

function answerExpectation(requestId: string, response: ServerResponse): void {
  const error = errorShape(new Failure("request.expectation"), requestId);
  const text = JSON.stringify({ error });
  // The body that the client announced may never come.
  const more = { connection: "close", "content-length": Buffer.byteLength(text) };
  response.writeHead(error.data.httpStatus, { ...commonHeaders(requestId), ...answerHeaders, ...more });
  response.end(text);
}

/** Whether a request lacks the Host header, which HTTP/1.1 requires (RFC 9112, section 3.2). */
export const lacksHost = ({ headers, httpVersion }: IncomingMessage): boolean =>
  headers.host === undefined && httpVersion === "1.1";
