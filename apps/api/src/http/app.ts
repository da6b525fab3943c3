// Creates the HTTP server. It limits the size and duration of requests, assigns request ids, and passes calls to the
// router.
import { setMaxListeners } from "node:events";
import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import type { Reason } from "@projostack/contract";
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { ConnectionBounds } from "../config/connection-bounds.ts";
import { Failure } from "../rpc/failures/failure.ts";
import type { Metrics } from "../observe/metrics/metrics.ts";
import type { Services } from "../rpc/services.ts";
import { createForwardedAddressOf, createIsTrusted, type AddressOf } from "./address-of.ts";
import { answerErrors, answerFrameworkError } from "./answer-errors.ts";
import { commonHeaders } from "./common-headers.ts";
import { answerSocket, answerUnreadable } from "./connections/answer-socket.ts";
import { answerProtocols, lacksHost } from "./connections/answer-protocols.ts";
import { MAX_HEAD_BYTES } from "./connections/unreadable-request.ts";
import { createCrossOrigin, preflightHeaders, varyOf } from "./cross-origin/cross-origin.ts";
import { crossOriginResponse } from "./cross-origin/cross-origin-response.ts";
import { watchConnections } from "./connections/connections.ts";
import { createStop, type Stop } from "./connections/stop-connections.ts";
import { handleServerErrors } from "./connections/handle-server-errors.ts";
import { healthRoutes } from "./health-routes.ts";
import { metricsRoute } from "./metrics-route.ts";
import { docsRoutes } from "./openapi/docs-routes.ts";
import { openApiRoute } from "./openapi/openapi-route.ts";
import { beginRecord, keepRecord, levelOf, logRequest, recordOf } from "./log-request.ts";
import { traceOf } from "./request-facts.ts";
import { requestIdOf } from "./request-id.ts";
import { rpcRoutes } from "./rpc-routes.ts";
import type { Shortcut } from "./shortcut.ts";
import { createWebApplication, type WebOptions } from "./web/web-application.ts";
import { wellKnownRoutes } from "./well-known-routes.ts";

const MAX_BODY_BYTES = 100 * 1024;

/** The interval at which Node checks for requests that exceeded their timeout. */
const TIMEOUT_CHECK_MS = 500;

const RETRY_SOON = { retryAfterSeconds: 2 };
const stopping = () => Failure.because("server.busy", "stopping", {}, RETRY_SOON);

export interface AppOptions {
  /** Addresses and networks of trusted proxies. `x-forwarded-for` from any other peer is ignored. */
  readonly trustedProxies: readonly string[];
  /** The origins whose pages may call the server. */
  readonly allowedOrigins: readonly string[];
  readonly connections: ConnectionBounds;
  /** Whether the server sends the page /docs. */
  readonly servesDocs: boolean;
  readonly web: WebOptions;
  /** Serves /metrics to the holder of the token. */
  readonly metrics?: { readonly source: Metrics; readonly token: string } | undefined;
  /** Answers ordinary calls faster. Without one, tRPC's adapter answers every call. */
  readonly shortcut?: Shortcut | undefined;
}

export interface App {
  readonly app: FastifyInstance;
  readonly stop: Stop;
}

export async function createApp(
  services: Services,
  { trustedProxies, allowedOrigins, connections: bounds, servesDocs, web, shortcut, metrics }: AppOptions,
): Promise<App> {
  const loggerInstance: FastifyBaseLogger = services.log;
  const crossOrigin = allowedOrigins.length === 0 ? null : createCrossOrigin(allowedOrigins);
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // Log lines include the request id, so no child logger is created per request.
    childLoggerFactory: (logger) => logger,
    genReqId: (request) => requestIdOf(request.headers["x-request-id"], services.randomness),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: bounds.requestMs,
    keepAliveTimeout: bounds.idleMs,
    routerOptions: { maxParamLength: 2_000 },
    // Fastify's own response to requests during a shutdown has another form than all other errors.
    return503OnClosing: false,
    http: {
      headersTimeout: bounds.headersMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: MAX_HEAD_BYTES,
      // Node's own response to a request without Host has no body. The hook below answers it.
      requireHostHeader: false,
      ...(crossOrigin && { ServerResponse: crossOriginResponse(crossOrigin) }),
    },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: (error, socket) =>
      answerUnreadable(error, socket, {
        connection: connections.of(socket),
        requestId: services.randomness.newRequestId(),
        headersFor,
      }),
  });
  const isTrusted = createIsTrusted(trustedProxies);
  /** The headers of an answer that is written to a socket. */
  const headersFor = (origin: string | undefined) =>
    crossOrigin ? { ...crossOrigin.permit(origin), vary: varyOf(undefined) } : {};
  const answerRefused = (socket: Socket, failure: Failure, origin?: string) =>
    answerSocket(socket, failure, {
      requestId: services.randomness.newRequestId(),
      headers: headersFor(origin),
    });
  const refuse = (socket: Socket, reason: Reason) =>
    answerRefused(
      socket,
      reason === "limit.exceeded"
        ? Failure.because(reason, "connections", {}, RETRY_SOON)
        : new Failure(reason, RETRY_SOON),
    );
  const connections = watchConnections(app.server, { bounds, isTrusted, log: services.log, refuse });
  handleServerErrors(app.server, services.log);
  const forwarded = createForwardedAddressOf(isTrusted);
  const addressOf: AddressOf = ({ socket, headers }) => {
    const connection = connections.of(socket);
    if (!connection) throw new Error("The request came on a connection that was not accepted.");
    return forwarded(connection.address, headers["x-forwarded-for"]);
  };
  answerProtocols(app.server, { services, refuse: answerRefused });
  const lastAnswers = new AbortController();
  // Each call of a streamed batch listens.
  setMaxListeners(0, lastAnswers.signal);
  const stop = createStop(app.server, {
    connections,
    refuseUnanswered: () => {
      lastAnswers.abort();
      for (const { socket, running } of connections.busy())
        if (running && !running.headersSent) answerRefused(socket, stopping(), running.req.headers.origin);
    },
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(commonHeaders(request.id));
    keepRecord(request.raw, beginRecord(services.tracer, request.raw, request.id));
    if (stop.isRefusing || lacksHost(request.raw)) void reply.header("connection", "close");
    // A browser shows no page the answer to a refused preflight. The request after it gets the reason.
    const isPreflight = crossOrigin?.isPreflight(request.raw) ?? false;
    if (stop.isRefusing && !isPreflight) done(stopping());
    else if (lacksHost(request.raw)) done(Failure.because("request.malformed", "host", {}));
    else if (isPreflight) void reply.code(204).headers(preflightHeaders).send();
    else done();
  });
  app.addHook(
    "onResponse",
    ({ id: requestId, method, url, raw }, { statusCode: status, elapsedTime: ms }, done) => {
      const [ip, record] = [addressOf(raw), recordOf(raw)];
      const facts = { requestId, method, url, status, ms, ip, record, ...traceOf(raw, record) };
      logRequest(services.log, facts, levelOf(raw, status));
      record.span?.end(status);
      services.observer.requestAnswered(status);
      done();
    },
  );
  answerErrors(app, services, createWebApplication(app, web));
  healthRoutes(app, services, stop);
  wellKnownRoutes(app, services);
  if (metrics) metricsRoute(app, metrics.source, metrics.token);
  openApiRoute(app, services);
  if (servesDocs) docsRoutes(app);
  // A scope of its own, so that its body parsers do not apply to the other routes.
  await app.register(async (scope) =>
    rpcRoutes(scope, services, { addressOf, shortcut, lastAnswers: lastAnswers.signal }),
  );
  const handle: RequestListener =
    shortcut?.listen(app, { services, addressOf, stop }) ??
    ((request, response) => app.routing(request, response));
  app.server.removeAllListeners("request");
  app.server.on("request", (request, response) => {
    // Requests on a refused or closed connection are not answered.
    connections.of(request.socket)?.take(response, () => handle(request, response));
  });
  return { app, stop };
}
