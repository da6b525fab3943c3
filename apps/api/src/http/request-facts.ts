import type { IncomingMessage, ServerResponse } from "node:http";
import { checkCookieMode, cookieModeOf } from "./cookie-mode.ts";
import type { RequestFacts } from "../rpc/context.ts";
import type { RequestRecord } from "../observe/request-record.ts";
import type { Address } from "../runtime/address.ts";
import { traceIdOf } from "../runtime/trace-id.ts";
import type { Failure } from "../rpc/failures/failure.ts";
import type { Services } from "../rpc/services.ts";

export interface Received {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly ip: Address;
  readonly setHeader: (name: string, value: string | number) => void;
  readonly record: RequestRecord;
  readonly describeMalformedInput?: () => Failure | null;
  readonly lastAnswers?: AbortSignal | undefined;
  /** The number of calls in the request. The default is 1. */
  readonly calls?: number;
}

/** The properties of a request that its calls use. */
export function factsOf(
  services: Services,
  {
    request,
    response,
    requestId,
    ip,
    setHeader,
    record,
    describeMalformedInput,
    lastAnswers,
    calls = 1,
  }: Received,
): RequestFacts {
  // All calls of a batch share one signal, so that only one listener is added to the response.
  let signal: AbortSignal | undefined;
  const { headers } = request;
  const cookie = checkCookieMode(services, headers) ? cookieModeOf(services, headers, setHeader) : undefined;
  return {
    cookie,
    requestId,
    ip,
    userAgent: headers["user-agent"],
    get traceId() {
      return traceOf(request, record).traceId;
    },
    get log() {
      return services.log.child({ requestId, ...traceOf(request, record) });
    },
    get signal() {
      signal ??= abortSignalOf(response);
      return signal;
    },
    authorization: headers.authorization,
    repeatsAuthorization: () => (request.headersDistinct["authorization"]?.length ?? 0) > 1,
    describeMalformedInput,
    lastAnswers,
    workspaceId: firstOf(headers["x-workspace-id"]),
    idempotencyKey: firstOf(headers["idempotency-key"]),
    calls,
    setReplayed: () => setHeader("idempotency-replayed", "true"),
    record,
    setRetryAfter: (seconds) => setHeader("retry-after", seconds),
    setRateLimit: ({ policy, limit }) => {
      setHeader("ratelimit-policy", policy);
      setHeader("ratelimit", limit);
    },
  };
}

/** The trace of a request, for its log lines. It is empty without a valid `traceparent` and without a trace of this server. */
export function traceOf(
  { headers }: Pick<IncomingMessage, "headers">,
  record?: RequestRecord,
): { readonly traceId?: string } {
  const traceId = record?.span?.traceId ?? traceIdOf(headers["traceparent"]);
  return traceId === undefined ? {} : { traceId };
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
