// HTTP: the one way in. It bounds what a request may be, gives it an id, and hands it to the router.
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { Services } from "../rpc/services.ts";
import { answerErrors, answerFrameworkError, answerUnreadable } from "./answer-errors.ts";
import { healthRoutes } from "./health-routes.ts";
import { requestIdOf } from "./request-id.ts";
import { rpcRoutes } from "./rpc-routes.ts";
import { addressing } from "./address-of.ts";
import { commonHeaders } from "./common-headers.ts";
import { openFront } from "./front.ts";
import { logRequest } from "./log-request.ts";
import { wellKnownRoutes } from "./well-known-routes.ts";

const LARGEST_BODY_BYTES = 100 * 1024;

export interface AppOptions {
  /** The addresses of the proxies in front, whose `x-forwarded-for` is believed. Nobody else's is. */
  readonly trustedProxies: readonly string[];
}

export async function createApp(
  services: Services,
  { trustedProxies }: AppOptions,
): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = services.log;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // What is logged of a request names it by its id: no logger has to be made for each.
    childLoggerFactory: (logger) => logger,
    genReqId: (request) => requestIdOf(request.headers["x-request-id"], services.randomness),
    bodyLimit: LARGEST_BODY_BYTES,
    requestTimeout: 30_000,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 2_000 },
    http: { headersTimeout: 10_000 },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: (error, socket) =>
      answerUnreadable(error, socket, services.randomness.newRequestId()),
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(commonHeaders(request.id));
    done();
  });
  app.addHook(
    "onResponse",
    ({ id: requestId, method, url }, { statusCode: status, elapsedTime: ms }, done) => {
      logRequest(services.log, { requestId, method, url, status, ms });
      done();
    },
  );
  answerErrors(app, services);
  healthRoutes(app, services);
  wellKnownRoutes(app, services);
  // In a scope of its own: what it takes as a body is no matter of the other routes.
  const addressOf = addressing(trustedProxies);
  await app.register(async (scope) => rpcRoutes(scope, services, addressOf));
  openFront(app, services, addressOf);
  return app;
}
