import type { FastifyInstance } from "fastify";
import type { Services } from "../rpc/services.ts";
import type { Stop } from "./connections/stop-connections.ts";
import { noteRoutine } from "./log-request.ts";
import { traceOf } from "./request-facts.ts";

interface ReadyRequest {
  readonly Querystring: { readonly exclude?: string | string[] };
}

/**
 * Health endpoints. `/livez` returns 200 while the process runs, also without its database. `/readyz` returns 200 when the
 * database answers within a second and accepts writes, and 503 otherwise or when the server is stopping; a load balancer
 * sends no requests to a server that is not ready. `/readyz?exclude=database` does not ask the database.
 */
export function healthRoutes(app: FastifyInstance, { db, refusals }: Services, stop: Stop): void {
  // Balancers ask every second, so a positive answer has its line in the log at the level debug.
  app.get("/livez", (request, reply) => {
    noteRoutine(request.raw);
    return reply.send({ status: "ok" });
  });
  app.get<ReadyRequest>("/readyz", async (request, reply) => {
    noteRoutine(request.raw);
    const notReady = (body: object) => reply.code(503).header("retry-after", 2).send(body);
    if (stop.isAnnounced) return notReady({ status: "stopping" });
    if (request.query.exclude === "database") return { status: "ready" };
    try {
      await db.ping();
      return { status: "ready" };
    } catch (error) {
      refusals.note({
        requestId: request.id,
        ...traceOf(request.raw),
        operation: "/readyz",
        reason: "server.unavailable",
        cause: error,
      });
      return notReady({ status: "not ready", waitingFor: "database" });
    }
  });
}
