// Answers ordinary calls without tRPC's adapter, in the same form. An ordinary query is answered on Node's own request, before
// Fastify receives it, because the objects and hooks of a framework cost as much as the rest of the query. It gets what every
// other request gets: a request id, the common headers, and a line in the access log. Everything else goes to Fastify. An
// error never leaves the request listener.
import type { IncomingMessage, RequestListener } from "node:http";
import type { FastifyInstance } from "fastify";
import { createContext, type Actor } from "../rpc/context.ts";
import type { Services } from "../rpc/services.ts";
import { answerBug, internalError } from "../http/answer-bug.ts";
import { answerHeaders, type Answer } from "../http/answer.ts";
import type { Shortcut, ShortcutDeps } from "../http/shortcut.ts";
import { answerCalls, parseCalls, type Calls } from "./answer-calls.ts";
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
  // From then on Fastify has its ways to send callers off.
  app.addHook("preClose", (done) => {
    isClosing = true;
    done();
  });
  const pace = new ReadSlots();
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
      pace.start(() =>
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
    // A connection that was refused or closed is not answered any more.
    connections.of(request.socket)?.take(response, () => handle(request, response));
  });
}

/** @returns the answer's status */
async function answer(
  services: Services,
  calls: Calls,
  received: Omit<Received, "setHeader">,
): Promise<number> {
  const { requestId } = received;
  const refusal = refuseEarly(services, calls, requestId);
  if (refusal) return send(received, refusal, { "retry-after": refusal.retryAfterSeconds });
  const more: Record<string, string | number> = {};
  const setHeader: Received["setHeader"] = (name, value) => {
    more[name] = value;
  };
  const facts = factsOf(services, { ...received, setHeader });
  const { status, text } = await answerCalls(calls, createContext(services, facts)).catch(
    (error: unknown) => {
      services.log.error({ err: error, requestId }, "a bug");
      return internalError(requestId);
    },
  );
  return send(received, { status, text }, more);
}

function send(
  { response, requestId }: Pick<Received, "response" | "requestId">,
  { status, text }: Answer,
  more: Readonly<Record<string, string | number>>,
): number {
  const length = { "content-length": Buffer.byteLength(text) };
  response.writeHead(status, { ...commonHeaders(requestId), ...answerHeaders, ...more, ...length });
  response.end(text);
  return status;
}

const PREFIX = "/trpc/";
/** Names and commas as they are, without escapes. */
const NAMES = /^[\w.,]{1,500}$/;

/** The queries that a request asks, if it is an ordinary one. */
function parseQueries({ method, url = "", headers }: IncomingMessage): Calls | null {
  if (method !== "GET" || !url.startsWith(PREFIX)) return null;
  // With a body, or to become something else than HTTP.
  if ("content-length" in headers || "transfer-encoding" in headers || "upgrade" in headers) return null;
  const end = url.indexOf("?");
  const path = url.slice(PREFIX.length, end === -1 ? undefined : end);
  if (!NAMES.test(path)) return null;
  return parseCalls({ method, url, path, contentType: headers["content-type"], body: undefined });
}
