import type { FastifyReply, FastifyRequest } from "fastify";

/** What every answer carries, whatever becomes of the request. */
export function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header("x-request-id", request.id);
  reply.header("x-content-type-options", "nosniff");
  reply.header("cache-control", "no-store");
}
