import type { Reason } from "@projostack/contract";
import type { FastifyError, FastifyInstance } from "fastify";
import { errorShape } from "../rpc/error-shape.ts";
import { Failure } from "../rpc/failure.ts";

/** What goes wrong before or beside the router is answered in the same form as within it. */
export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const { data, ...error } = errorShape(new Failure("operation.not_found"), request.id);
    return reply.code(data.httpStatus).send({ error: { ...error, data } });
  });
  app.setErrorHandler((cause: FastifyError, request, reply) => {
    const failure = new Failure(reasonOf(cause), { cause });
    if (failure.reason === "server.internal")
      request.log.error({ err: cause, requestId: request.id }, "a bug");
    const error = errorShape(failure, request.id);
    return reply.code(error.data.httpStatus).send({ error });
  });
}

function reasonOf({ statusCode = 500 }: FastifyError): Reason {
  if (statusCode === 413) return "input.too_large";
  if (statusCode === 415) return "input.media_type";
  return statusCode >= 400 && statusCode < 500 ? "input.malformed" : "server.internal";
}
