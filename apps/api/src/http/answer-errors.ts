import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Services } from "../rpc/services.ts";
import { errorShape } from "../rpc/failures/error-shape.ts";
import { Failure } from "../rpc/failures/failure.ts";
import { commonHeaders } from "./common-headers.ts";
import { traceOf } from "./request-facts.ts";
import { nothingAtPath } from "./refusals/nothing-at-path.ts";
import type { WebApplication } from "./web/web-application.ts";

/**
 * Answers requests that no route serves: with a file or page of the web application, or with an error. Errors that occur outside
 * the router have the same form as errors of operations.
 */
export function answerErrors(app: FastifyInstance, { refusals }: Services, web: WebApplication): void {
  app.setNotFoundHandler((request, reply) => {
    const { method, url } = request;
    const [path = ""] = url.split("?", 1);
    if (request.headers.upgrade?.toLowerCase() === "websocket")
      return answer(Failure.because("operation.not_found", "socket", {}), request, reply);
    const sent = web.answer(request, reply);
    if (sent) return sent;
    // The other routes and the files of the server are read with GET and HEAD.
    const isRead = method === "GET" || method === "HEAD";
    const isKnown = app.hasRoute({ method: "GET", url: path }) || (!isRead && web.has(path));
    if (!isKnown) return answer(nothingAtPath(url), request, reply);
    void reply.header("allow", "GET, HEAD");
    return answer(Failure.because("operation.wrong_method", "read_only", { method }), request, reply);
  });
  app.setErrorHandler((cause: FastifyError | Failure, request, reply) => {
    const failure = cause instanceof Failure ? cause : toFailure(cause, request.headers["content-type"]);
    if (failure.reason === "server.internal")
      request.log.error({ err: cause, requestId: request.id, ...traceOf(request.raw) }, "a bug");
    if (failure.code === "SERVICE_UNAVAILABLE") {
      const { id: requestId, url } = request;
      const [operation = ""] = url.split("?", 1);
      const { reason, cause: causeOfRefusal } = failure;
      refusals.note({ requestId, ...traceOf(request.raw), operation, reason, cause: causeOfRefusal });
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

function toFailure(cause: FastifyError, contentType: string | undefined): Failure {
  const { statusCode = 500, code } = cause;
  if (code === "FST_ERR_CTP_INVALID_CONTENT_LENGTH")
    return Failure.because("request.malformed", "short", {}, { cause });
  if (statusCode === 413) return new Failure("input.too_large", { cause });
  if (statusCode === 415) return wrongMediaType(contentType?.toLowerCase() ?? "", cause);
  const reason = statusCode >= 400 && statusCode < 500 ? "request.malformed" : "server.internal";
  return new Failure(reason, { cause });
}

function wrongMediaType(contentType: string, cause: FastifyError): Failure {
  if (/^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/.test(contentType))
    return Failure.because("input.media_type", "form", {}, { cause });
  if (/^(?:application\/octet-stream|image\/|audio\/|video\/|application\/pdf)/.test(contentType))
    return Failure.because("input.media_type", "binary", {}, { cause });
  return new Failure("input.media_type", { cause });
}
