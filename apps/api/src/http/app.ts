// Creates the HTTP server. It limits the size and duration of requests, assigns request ids, and passes calls to the
// router.
import type { Socket } from "node:net";
import type { Reason } from "@projostack/contract";
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { ConnectionBounds } from "../config/connection-bounds.ts";
import { Failure } from "../rpc/failures/failure.ts";
import type { Services } from "../rpc/services.ts";
import { createForwardedAddressOf, createIsTrusted, type AddressOf } from "./address-of.ts";
import { answerErrors, answerFrameworkError } from "./answer-errors.ts";
import { commonHeaders } from "./common-headers.ts";
import { refuseUnanswered } from "./connections/refuse-unanswered.ts";
import { answerSocket, answerUnreadable } from "./connections/answer-socket.ts";
import { answerProtocols, lacksHost } from "./connections/answer-protocols.ts";
import { MAX_HEAD_BYTES } from "./connections/unreadable-request.ts";
import { watchConnections } from "./connections/connections.ts";
import { handleServerErrors } from "./connections/handle-server-errors.ts";
import { healthRoutes } from "./health-routes.ts";
import { logRequest, notedActor } from "./log-request.ts";
import { requestIdOf } from "./request-id.ts";
import { rpcRoutes } from "./rpc-routes.ts";
import type { Shortcut } from "./shortcut.ts";
import { wellKnownRoutes } from "./well-known-routes.ts";

const MAX_BODY_BYTES = 100 * 1024;

/** The interval at which Node checks for requests that exceeded their timeout. */
const TIMEOUT_CHECK_MS = 500;

const RETRY_SOON = { retryAfterSeconds: 2 };
const stopping = () => Failure.because("server.busy", "stopping", {}, RETRY_SOON);

export interface AppOptions {
  /** Addresses and networks of trusted proxies. `x-forwarded-for` from any other peer is ignored. */
  readonly trustedProxies: readonly string[];
  readonly connections: ConnectionBounds;
  /** Answers ordinary calls faster. Without one, tRPC's adapter answers every call. */
  readonly shortcut?: Shortcut | undefined;
}

export async function createApp(
  services: Services,
  { trustedProxies, connections: bounds, shortcut }: AppOptions,
): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = services.log;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // Log lines include the request id, so no child logger is created per request.
    childLoggerFactory: (logger) => logger,
    genReqId: (request) => requestIdOf(request.headers["x-request-id"], services.randomness),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: bounds.requestMs,
    keepAliveTimeout: bounds.idleMs,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 2_000 },
    // Fastify's own response to requests during a shutdown has another form than all other errors.
    return503OnClosing: false,
    http: {
      headersTimeout: bounds.headersMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: MAX_HEAD_BYTES,
      // Node's own response to a request without Host has no body. The hook below answers it.
      requireHostHeader: false,
    },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: (error, socket) =>
      answerUnreadable(error, socket, {
        connection: connections.of(socket),
        requestId: services.randomness.newRequestId(),
      }),
  });
  const isTrusted = createIsTrusted(trustedProxies);
  const answerRefused = (socket: Socket, failure: Failure) =>
    answerSocket(socket, failure, services.randomness.newRequestId());
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
  let isStopping = false;
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(commonHeaders(request.id));
    if (isStopping || lacksHost(request.raw)) void reply.header("connection", "close");
    if (isStopping) done(stopping());
    else if (lacksHost(request.raw)) done(Failure.because("request.malformed", "host", {}));
    else done();
  });
  app.addHook(
    "onResponse",
    ({ id: requestId, method, url, raw }, { statusCode: status, elapsedTime: ms }, done) => {
      const [ip, actor] = [addressOf(raw), notedActor(raw)];
      logRequest(services.log, { requestId, method, url, status, ms, ip, actor });
      done();
    },
  );
  app.addHook("preClose", (done) => {
    isStopping = true;
    refuseUnanswered(connections, (socket) => answerRefused(socket, stopping()));
    done();
  });
  answerErrors(app, services);
  healthRoutes(app, services);
  wellKnownRoutes(app, services);
  // A scope of its own, so that its body parsers do not apply to the other routes.
  await app.register(async (scope) => rpcRoutes(scope, services, { addressOf, shortcut }));
  shortcut?.attach(app, { services, connections, addressOf });
  return app;
}
