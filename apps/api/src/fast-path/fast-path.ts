// Answers ordinary calls without tRPC's adapter, in the same form. An ordinary query is answered on Node's request object,
// before Fastify receives it, because the objects and hooks of a framework take as much time as the rest of the query. The
// query still gets a request id, the common headers and a line in the access log. All other requests go to Fastify. The
// request listener never throws.
import type { IncomingMessage, RequestListener } from "node:http";
import type { FastifyInstance } from "fastify";
import { createContext } from "../rpc/context.ts";
import type { Services } from "../rpc/services.ts";
import { answerBug, internalError } from "../http/answer-bug.ts";
import { answerHeaders, type Answer } from "../http/answer.ts";
import type { Shortcut, ShortcutDeps } from "../http/shortcut.ts";
import { answerCalls, parseCalls, type Calls } from "./answer-calls.ts";
import { lacksHost } from "../http/connections/answer-protocols.ts";
import { cookieModeFailure, VARY_IN_COOKIE_MODE } from "../http/cookie-mode.ts";
import { commonHeaders } from "../http/common-headers.ts";
import { beginRecord, logRequest } from "../http/log-request.ts";
import { refuseEarly } from "./refuse-early.ts";
import { ReadSlots } from "./read-slots.ts";
import { factsOf, traceOf, type Received } from "../http/request-facts.ts";
import { requestIdOf } from "../http/request-id.ts";
import { asksForStream } from "../http/streams/is-streamed.ts";

export const fastPath: Shortcut = {
  listen: answerQueriesFirst,

  async answer(services, request, contextOf) {
    const calls = parseCalls(request);
    if (!calls) return null;
    return refuseEarly(services, calls, request) ?? answerCalls(calls, contextOf());
  },
};

function answerQueriesFirst(
  app: FastifyInstance,
  { services, addressOf, stop }: ShortcutDeps,
): RequestListener {
  const slots = new ReadSlots();
  return (request, response) => {
    try {
      // Fastify refuses the last requests of a stopping server, and a request in cookie mode that is not permitted.
      const isRefused = stop.isRefusing || cookieModeFailure(services, request.headers) !== null;
      const calls = isRefused ? null : parseQueries(request);
      if (!calls) return app.routing(request, response);
      const startedAt = performance.now();
      const requestId = requestIdOf(request.headers["x-request-id"], services.randomness);
      const ip = addressOf(request);
      const record = beginRecord(services.tracer, request, requestId);
      slots.start(() =>
        answer(services, calls, { request, response, requestId, ip, record })
          .then((status) => {
            const ms = performance.now() - startedAt;
            logRequest(services.log, {
              requestId,
              method: "GET",
              url: request.url ?? "",
              status,
              ms,
              ip,
              record,
              ...traceOf(request, record),
            });
            record.span?.end(status);
            services.observer.requestAnswered(status);
          })
          .catch((error: unknown) => answerBug(services, error, response)),
      );
    } catch (error) {
      answerBug(services, error, response);
    }
  };
}

/** @returns the status of the response */
async function answer(
  services: Services,
  calls: Calls,
  received: Omit<Received, "setHeader">,
): Promise<number> {
  const { requestId, request, record } = received;
  const refusal = refuseEarly(services, calls, { requestId, headers: request.headers, record });
  if (refusal) return send(received, refusal, { "retry-after": refusal.retryAfterSeconds });
  const headers: Record<string, string | number> = {};
  const setHeader: Received["setHeader"] = (name, value) => {
    headers[name] = value;
  };
  const facts = factsOf(services, { ...received, setHeader });
  if (facts.cookie) setHeader("vary", VARY_IN_COOKIE_MODE);
  const { status, text } = await answerCalls(calls, createContext(services, facts)).catch(
    (error: unknown) => {
      facts.log.error({ err: error }, "a bug");
      return internalError(requestId);
    },
  );
  return send(received, { status, text }, headers);
}

function send(
  { response, requestId }: Pick<Received, "response" | "requestId">,
  { status, text }: Answer,
  headers: Readonly<Record<string, string | number>>,
): number {
  const length = { "content-length": Buffer.byteLength(text) };
  response.writeHead(status, { ...commonHeaders(requestId), ...answerHeaders, ...headers, ...length });
  response.end(text);
  return status;
}

const PREFIX = "/trpc/";
/** Operation names and commas, without percent escapes. */
const NAMES = /^[\w.,]{1,500}$/;

/** Parses the queries of an ordinary GET request; null for any other request. */
function parseQueries(request: IncomingMessage): Calls | null {
  const { method, url = "", headers } = request;
  if (method !== "GET" || !url.startsWith(PREFIX)) return null;
  // The request has a body, asks for a protocol upgrade or for a stream, or lacks the required Host header.
  if (
    lacksHost(request) ||
    asksForStream(headers) ||
    "content-length" in headers ||
    "transfer-encoding" in headers ||
    "upgrade" in headers
  )
    return null;
  const end = url.indexOf("?");
  const path = url.slice(PREFIX.length, end === -1 ? undefined : end);
  if (!NAMES.test(path)) return null;
  return parseCalls({ method, url, path, contentType: headers["content-type"], body: undefined });
}
