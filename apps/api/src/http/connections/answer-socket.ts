// Answers where there is a socket and no request that could be answered.
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Reason } from "@projostack/contract";
import { errorShape } from "../../rpc/error-shape.ts";
import { Failure } from "../../rpc/failure.ts";
import type { Connection } from "./connection.ts";

/** Bytes that are no HTTP, headers that are too large, peers that are too slow. */
export function answerUnreadable(
  { code }: Error & { code?: string },
  socket: Socket,
  { connection, requestId }: { connection: Connection | undefined; requestId: string },
): void {
  const running = connection?.running;
  if (code === "ECONNRESET" || !socket.writable || running?.headersSent) {
    socket.destroy();
    return;
  }
  // The unreadable bytes follow a request that is being answered: an answer sent now would be taken for the answer to that request.
  if (running?.req.complete) {
    connection?.closeAfterAnswer();
    return;
  }
  answerSocket(socket, code === "HPE_HEADER_OVERFLOW" ? "input.too_large" : "input.malformed", { requestId });
}

export interface SocketAnswer {
  readonly requestId: string;
  readonly retryAfterSeconds?: number;
}

/** Writes an answer straight to the socket, and closes it when that is written. */
export function answerSocket(
  socket: Socket,
  reason: Reason,
  { requestId, retryAfterSeconds }: SocketAnswer,
): void {
  const failure = new Failure(reason, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
  const error = errorShape(failure, requestId);
  const body = JSON.stringify({ error });
  const { httpStatus } = error.data;
  const head = [
    `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    ...(retryAfterSeconds === undefined ? [] : [`retry-after: ${retryAfterSeconds}`]),
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  // Its peer may never close its own end.
  socket.destroySoon();
}
