import type { FastifyInstance } from "fastify";
import type { Services } from "../rpc/services.ts";

/** Publishes the public keys that verify the checkpoints of audit logs. */
export function wellKnownRoutes(app: FastifyInstance, { checkpoints }: Services): void {
  app.get("/.well-known/projo-audit-keys.json", async (_request, reply) =>
    reply.header("cache-control", "public, max-age=300").send({ keys: checkpoints.publicKeys }),
  );
}
