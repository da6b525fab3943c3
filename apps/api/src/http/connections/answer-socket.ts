// Writes responses directly to a socket when there is no parsed request to answer.
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { errorShape } from "../../rpc/failures/error-shape.ts";
import type { Failure } from "../../rpc/failures/failure.ts";
import { commonHeaders } from "../common-headers.ts";
import { originIn } from "../cross-origin/origin-in.ts";
import type { Connection } from "./connection.ts";
import { describeUnreadable, type ParserError } from "./unreadable-request.ts";

interface UnreadableOptions {
  readonly connection: Connection | undefined;
  readonly requestId: string;
  /** Returns further headers for a request of this origin. */
  readonly headersFor: (origin: string | undefined) => Headers;
}

type Headers = Readonly<Record<string, string>>;

/** Answers malformed HTTP, oversized headers and requests that exceeded their timeout. */
export function answerUnreadable(
  error: ParserError,
  socket: Socket,
  { connection, requestId, headersFor }: UnreadableOptions,
): void {
  const running = connection?.running;
  if (error.code === "ECONNRESET" || !socket.writable || running?.headersSent) {
    socket.destroy();
    return;
  }
  // A complete request is being answered. The peer would take a response sent now for the response to that request.
  if (running?.req.complete) {
    connection?.closeAfterAnswer();
    return;
  }
  const origin = running?.req.headers.origin ?? originIn(error.rawPacket);
  answerSocket(socket, describeUnreadable(error), { requestId, headers: headersFor(origin) });
}

/** Writes a response to the socket and closes the socket afterwards. */
export function answerSocket(
  socket: Socket,
  failure: Failure,
  { requestId, headers }: { requestId: string; headers: Headers },
): void {
  // Node.js removes its own listener from the socket of a CONNECT request. Without a listener, a reset would end the process.
  socket.on("error", ignoreError);
  const { retryAfterSeconds } = failure;
  const error = errorShape(failure, requestId);
  const body = JSON.stringify({ error });
  const { httpStatus } = error.data;
  const head = [
    `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries({ ...commonHeaders(requestId), ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    ...(retryAfterSeconds === undefined ? [] : [`retry-after: ${retryAfterSeconds}`]),
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
}

const ignoreError = (): void => {};
