// Answers ordinary calls without tRPC's adapter, in the same form. An ordinary query is answered on Node's request object,
// before Fastify receives it, because the objects and hooks of a framework take as much time as the rest of the query. The
// query still gets a request id, the common headers and a line in the access log. All other requests go to Fastify. The
// request listener never throws.
import type { IncomingMessage, RequestListener } from "node:http";
import type { FastifyInstance } from "fastify";
import { createContext, type Actor } from "../rpc/context.ts";
import type { Services } from "../rpc/services.ts";
import { answerBug, internalError } from "../http/answer-bug.ts";
import { answerHeaders, type Answer } from "../http/answer.ts";
import type { Shortcut, ShortcutDeps } from "../http/shortcut.ts";
import { answerCalls, parseCalls, type Calls } from "./answer-calls.ts";
import { lacksHost } from "../http/connections/answer-protocols.ts";
import { commonHeaders } from "../http/common-headers.ts";
import { logRequest } from "../http/log-request.ts";
import { refuseEarly } from "./refuse-early.ts";
import { ReadSlots } from "./read-slots.ts";
import { factsOf, type Received } from "../http/request-facts.ts";
import { requestIdOf } from "../http/request-id.ts";

export const fastPath: Shortcut = {
  attach: answerQueriesFirst,

  async answer(services, request, contextOf) {
    const calls = parseCalls(request);
    if (!calls) return null;
    return refuseEarly(services, calls, request.requestId) ?? answerCalls(calls, contextOf());
  },
};

function answerQueriesFirst(app: FastifyInstance, { services, connections, addressOf }: ShortcutDeps): void {
  let isClosing = false;
  // During shutdown Fastify refuses requests itself.
  app.addHook("preClose", (done) => {
    isClosing = true;
    done();
  });
  const slots = new ReadSlots();
  const handle: RequestListener = (request, response) => {
    try {
      const calls = isClosing ? null : parseQueries(request);
      if (!calls) return app.routing(request, response);
      const startedAt = performance.now();
      const requestId = requestIdOf(request.headers["x-request-id"], services.randomness);
      const ip = addressOf(request);
      let actor: Actor | null = null;
      const noteActor = (known: Actor) => {
        actor = known;
      };
      slots.start(() =>
        answer(services, calls, { request, response, requestId, ip, noteActor })
          .then((status) => {
            const ms = performance.now() - startedAt;
            logRequest(services.log, {
              requestId,
              method: "GET",
              url: request.url ?? "",
              status,
              ms,
              ip,
              actor,
            });
          })
          .catch((error: unknown) => answerBug(services, error, response)),
      );
    } catch (error) {
      answerBug(services, error, response);
    }
  };
  app.server.removeAllListeners("request");
  app.server.on("request", (request, response) => {
    // Requests on a refused or closed connection are not answered.
    connections.of(request.socket)?.take(response, () => handle(request, response));
  });
}

/** @returns the status of the response */
async function answer(
  services: Services,
  calls: Calls,
  received: Omit<Received, "setHeader">,
): Promise<number> {
  const { requestId } = received;
  const refusal = refuseEarly(services, calls, requestId);
  if (refusal) return send(received, refusal, { "retry-after": refusal.retryAfterSeconds });
  const headers: Record<string, string | number> = {};
  const setHeader: Received["setHeader"] = (name, value) => {
    headers[name] = value;
  };
  const facts = factsOf(services, { ...received, setHeader });
  const { status, text } = await answerCalls(calls, createContext(services, facts)).catch(
    (error: unknown) => {
      services.log.error({ err: error, requestId }, "a bug");
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
  // The request has a body, asks for a protocol upgrade, or lacks the required Host header.
  if (
    lacksHost(request) ||
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
