import type { IncomingMessage, ServerResponse } from "node:http";
import type { Actor, RequestFacts } from "../rpc/context.ts";
import type { Address } from "../runtime/address.ts";
import type { Failure } from "../rpc/failures/failure.ts";
import type { Services } from "../rpc/services.ts";

export interface Received {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly ip: Address;
  readonly setHeader: (name: string, value: string | number) => void;
  readonly noteActor: (actor: Actor) => void;
  readonly describeMalformedInput?: () => Failure | null;
}

/** The properties of a request that its calls use. */
export function factsOf(
  { log }: Services,
  { request, response, requestId, ip, setHeader, noteActor, describeMalformedInput }: Received,
): RequestFacts {
  // All calls of a batch share one signal, so that only one listener is added to the response.
  let signal: AbortSignal | undefined;
  const { headers } = request;
  return {
    requestId,
    ip,
    userAgent: headers["user-agent"],
    get log() {
      return log.child({ requestId });
    },
    get signal() {
      signal ??= abortSignalOf(response);
      return signal;
    },
    authorization: headers.authorization,
    repeatsAuthorization: () => (request.headersDistinct["authorization"]?.length ?? 0) > 1,
    describeMalformedInput,
    workspaceId: firstOf(headers["x-workspace-id"]),
    noteActor,
    setRetryAfter: (seconds) => setHeader("retry-after", seconds),
    setRateLimit: ({ policy, limit }) => {
      setHeader("ratelimit-policy", policy);
      setHeader("ratelimit", limit);
    },
  };
}

/** A signal that is aborted when the caller closes the connection before the response is written. */
function abortSignalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  response.once("close", () => {
    if (!response.writableEnded) controller.abort();
  });
  return controller.signal;
}

const firstOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
