import type { Reason } from "@projostack/contract";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Services } from "../rpc/services.ts";
import { errorShape } from "../rpc/error-shape.ts";
import { Failure } from "../rpc/failure.ts";
import { commonHeaders } from "./common-headers.ts";

/** Answers errors that occur outside the router in the same form as errors of operations. */
export function answerErrors(app: FastifyInstance, { refusals }: Services): void {
  app.setNotFoundHandler((request, reply) => answer(new Failure("operation.not_found"), request, reply));
  app.setErrorHandler((cause: FastifyError | Failure, request, reply) => {
    const failure = cause instanceof Failure ? cause : new Failure(reasonOf(cause), { cause });
    if (failure.reason === "server.internal")
      request.log.error({ err: cause, requestId: request.id }, "a bug");
    if (failure.code === "SERVICE_UNAVAILABLE") {
      const { id: requestId, url } = request;
      const [operation = ""] = url.split("?", 1);
      refusals.note({ requestId, operation, reason: failure.reason, cause: failure.cause });
    }
    return answer(failure, request, reply);
  });
}

/** Answers requests whose URL Fastify cannot parse. They reach neither Fastify's hooks nor its error handler. */
export function answerFrameworkError(
  { code }: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.headers(commonHeaders(request.id));
  const reason = code === "FST_ERR_MAX_PARAM_LENGTH" ? "operation.not_found" : "input.malformed";
  void answer(new Failure(reason), request, reply);
}

function answer(failure: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = errorShape(failure, request.id);
  return reply.code(error.data.httpStatus).send({ error });
}

function reasonOf({ statusCode = 500 }: FastifyError): Reason {
  if (statusCode === 413) return "input.too_large";
  if (statusCode === 415) return "input.media_type";
  return statusCode >= 400 && statusCode < 500 ? "input.malformed" : "server.internal";
}
