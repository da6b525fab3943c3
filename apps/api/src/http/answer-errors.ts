import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Services } from "../rpc/services.ts";
import { errorShape } from "../rpc/failures/error-shape.ts";
import { Failure } from "../rpc/failures/failure.ts";
import { commonHeaders } from "./common-headers.ts";
import { nothingAtPath } from "./refusals/nothing-at-path.ts";

/** Answers errors that occur outside the router in the same form as errors of operations. */
export function answerErrors(app: FastifyInstance, { refusals }: Services): void {
  app.setNotFoundHandler((request, reply) => {
    const { method, url } = request;
    const [path = ""] = url.split("?", 1);
    // The other routes of the server answer GET and HEAD.
    if (!app.hasRoute({ method: "GET", url: path })) return answer(nothingAtPath(url), request, reply);
    void reply.header("allow", "GET, HEAD");
    return answer(Failure.because("operation.wrong_method", "read_only", { method }), request, reply);
  });
  app.setErrorHandler((cause: FastifyError | Failure, request, reply) => {
    const failure = cause instanceof Failure ? cause : toFailure(cause);
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
  const failure =
    code === "FST_ERR_MAX_PARAM_LENGTH"
      ? new Failure("operation.not_found")
      : Failure.because("request.malformed", "escape", {});
  void answer(failure, request, reply);
}

function answer(failure: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = errorShape(failure, request.id);
  if (failure.retryAfterSeconds !== undefined) void reply.header("retry-after", failure.retryAfterSeconds);
  return reply.code(error.data.httpStatus).send({ error });
}

function toFailure(cause: FastifyError): Failure {
  const { statusCode = 500, code } = cause;
  if (code === "FST_ERR_CTP_INVALID_CONTENT_LENGTH")
    return Failure.because("request.malformed", "short", {}, { cause });
  if (statusCode === 413) return new Failure("input.too_large", { cause });
  if (statusCode === 415) return new Failure("input.media_type", { cause });
  const reason = statusCode >= 400 && statusCode < 500 ? "request.malformed" : "server.internal";
  return new Failure(reason, { cause });
}
