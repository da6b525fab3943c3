// Writes responses directly to a socket when there is no parsed request to answer.
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { errorShape } from "../../rpc/failures/error-shape.ts";
import type { Failure } from "../../rpc/failures/failure.ts";
import { commonHeaders } from "../common-headers.ts";
import type { Connection } from "./connection.ts";
import { describeUnreadable, type ParserError } from "./unreadable-request.ts";

/** Answers malformed HTTP, oversized headers and requests that exceeded their timeout. */
export function answerUnreadable(
  error: ParserError,
  socket: Socket,
  { connection, requestId }: { connection: Connection | undefined; requestId: string },
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
  answerSocket(socket, describeUnreadable(error), requestId);
}

/** Writes a response to the socket and closes the socket afterwards. */
export function answerSocket(socket: Socket, failure: Failure, requestId: string): void {
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
    ...Object.entries(commonHeaders(requestId)).map(([name, value]) => `${name}: ${value}`),
    ...(retryAfterSeconds === undefined ? [] : [`retry-after: ${retryAfterSeconds}`]),
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  // The peer may never close its end of the connection.
  socket.destroySoon();
}

const ignoreError = (): void => {};
