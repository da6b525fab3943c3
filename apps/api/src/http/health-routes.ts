import type { FastifyInstance } from "fastify";
import type { Services } from "../rpc/services.ts";

/**
 * `/livez`: the process answers, whatever becomes of its database. `/readyz`: the database answers within a second and takes
 * writes; until then, send the server no work.
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
