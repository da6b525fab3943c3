import type { FastifyInstance } from "fastify";
import type { Services } from "../rpc/services.ts";

/** `/livez`: the process answers. `/readyz`: so does its database; until then, send it no work. */
export function healthRoutes(app: FastifyInstance, { db }: Services): void {
  app.get("/livez", async () => ({ status: "ok" }));
  app.get("/readyz", async (request, reply) => {
    try {
      await db.ping();
      return { status: "ready" };
    } catch (error) {
      request.log.warn({ err: error, requestId: request.id }, "not ready");
      return reply.code(503).header("retry-after", 2).send({ status: "not ready", waitingFor: "database" });
    }
  });
}
