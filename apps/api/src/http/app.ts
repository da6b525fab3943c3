// HTTP: the one way in. It bounds what a request may be, gives it an id, and hands it to the router.
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from "@trpc/server/adapters/fastify";
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { appRouter, type AppRouter } from "../router.ts";
import { createContext } from "../rpc/context.ts";
import type { Services } from "../rpc/services.ts";
import { answerErrors } from "./answer-errors.ts";
import { healthRoutes } from "./health-routes.ts";
import { requestIdOf } from "./request-id.ts";

const LARGEST_BODY_BYTES = 100 * 1024;
const LARGEST_BATCH = 10;

const trpcOptions = (services: Services): FastifyTRPCPluginOptions<AppRouter>["trpcOptions"] => ({
  router: appRouter,
  maxBatchSize: LARGEST_BATCH,
  createContext: ({ req, res }) =>
    createContext(services, {
      requestId: req.id,
      log: services.log.child({ requestId: req.id }),
      authorization: req.headers.authorization,
      workspaceId: oneOf(req.headers["x-workspace-id"]),
      setRetryAfter: (seconds) => void res.header("retry-after", seconds),
    }),
});

export async function createApp(services: Services): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = services.log;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestIdOf(request.headers["x-request-id"], services.randomness),
    bodyLimit: LARGEST_BODY_BYTES,
    requestTimeout: 30_000,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 2_000 },
    http: { headersTimeout: 10_000 },
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    reply.header("x-content-type-options", "nosniff");
    reply.header("cache-control", "no-store");
  });
  app.addHook("onResponse", async (request, reply) => {
    // The path alone: a query may hold what people search for.
    const [path] = request.url.split("?", 1);
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    services.log.info(
      { requestId: request.id, method: request.method, path, status: reply.statusCode, ms },
      "request",
    );
  });
  answerErrors(app);
  healthRoutes(app, services);
  await app.register(fastifyTRPCPlugin, { prefix: "/trpc", trpcOptions: trpcOptions(services) });
  return app;
}

const oneOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
