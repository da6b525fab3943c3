import type { FastifyInstance } from "fastify";
import type { Services } from "../rpc/services.ts";

/**
 * Health endpoints. `/livez` returns 200 while the process runs, also without its database. `/readyz` returns 200 when the
 * database answers within a second and accepts writes, otherwise 503; a load balancer sends no requests to a server that is
 * not ready.
 */
export function healthRoutes(app: FastifyInstance, { db, refusals }: Services): void {
  app.get("/livez", async () => ({ status: "ok" }));
  app.get("/readyz", async (request, reply) => {
    try {
      await db.ping();
      return { status: "ready" };
    } catch (error) {
      const requestId = request.id;
      refusals.note({ requestId, operation: "/readyz", reason: "server.unavailable", cause: error });
      return reply.code(503).header("retry-after", 2).send({ status: "not ready", waitingFor: "database" });
    }
  });
}
