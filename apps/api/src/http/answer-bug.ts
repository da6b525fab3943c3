import type { ServerResponse } from "node:http";
import { errorShape } from "../rpc/failures/error-shape.ts";
import { Failure } from "../rpc/failures/failure.ts";
import type { Services } from "../rpc/services.ts";
import { answerHeaders, type Answer } from "./answer.ts";
import { commonHeaders } from "./common-headers.ts";
import { traceOf } from "./request-facts.ts";
import { requestIdOf } from "./request-id.ts";

export function internalError(requestId: string): Answer {
  const error = errorShape(new Failure("server.internal"), requestId);
  return { status: error.data.httpStatus, text: JSON.stringify({ error }) };
}

/**
 * Answers a request whose handler threw an unexpected error: with status 500 if nothing was sent yet, otherwise by closing
 * the connection. Never throws.
 */
export function answerBug({ log, randomness }: Services, error: unknown, response: ServerResponse): void {
  try {
    const requestId = requestIdOf(response.req.headers["x-request-id"], randomness);
    log.error({ err: error, requestId, ...traceOf(response.req) }, "a bug");
    const { status, text } = internalError(requestId);
    const length = { "content-length": Buffer.byteLength(text) };
    response.writeHead(status, { ...commonHeaders(requestId), ...answerHeaders, ...length });
    response.end(text);
  } catch {
    // The response was already started or cannot be written. Closing the connection signals the failure to the peer.
    response.destroy();
  }
}
