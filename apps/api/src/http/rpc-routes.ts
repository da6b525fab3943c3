import type { IncomingHttpHeaders } from "node:http";
import type { ErrorShape } from "@projostack/contract";
import { fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { appRouter } from "../router.ts";
import { createContext, type Context } from "../rpc/context.ts";
import type { Log } from "../runtime/log.ts";
import { asFailure, Failure } from "../rpc/failures/failure.ts";
import type { Services } from "../rpc/services.ts";
import type { AddressOf } from "./address-of.ts";
import { errorShape } from "../rpc/failures/error-shape.ts";
import { answerHeaders } from "./answer.ts";
import { cookieModeFailure, logRefusedOrigin, VARY_IN_COOKIE_MODE } from "./cookie-mode.ts";
import { recordOf } from "./log-request.ts";
import { MAX_BATCH_CALLS, refuseBatch } from "./batches.ts";
import { factsOf } from "./request-facts.ts";
import { describeMalformedInput, describeUndecodableBody } from "./refusals/malformed-input.ts";
import { findTransformedInput } from "./refusals/transformed-input.ts";
import type { Shortcut } from "./shortcut.ts";
import { settleCookie } from "./streams/settle-cookie.ts";
import { asksForStream, isBatchUrl } from "./streams/is-streamed.ts";
import { sendLines } from "./streams/send-lines.ts";

export interface RpcRoutesOptions {
  readonly addressOf: AddressOf;
  readonly shortcut: Shortcut | undefined;
  /** Aborts when a stopping server refuses the calls that are still running. */
  readonly lastAnswers: AbortSignal;
}

/** The route `/trpc/<operation>`. It accepts JSON in UTF-8 only, one call or a batch of up to ten. */
export async function rpcRoutes(
  app: FastifyInstance,
  services: Services,
  { addressOf, shortcut, lastAnswers }: RpcRoutesOptions,
): Promise<void> {
  const contextOf: ContextOf = (req, res, isStreamed = false) =>
    createContext(
      services,
      factsOf(services, {
        request: req.raw,
        response: res.raw,
        requestId: req.id,
        ip: addressOf(req.raw),
        setHeader: (name, value) => {
          // Fastify keeps earlier values of this header.
          if (name === "set-cookie") res.removeHeader(name);
          void res.header(name, value);
        },
        record: recordOf(req.raw),
        describeMalformedInput: once(() => describeMalformedInput(req)),
        // An answer that has not begun is refused as a whole.
        lastAnswers: isStreamed ? lastAnswers : undefined,
        calls: callsIn(req),
      }),
    );
  app.addHook("onRequest", (req, _res, done) => {
    const failure = cookieModeFailure(services, req.headers);
    if (failure?.reason === "request.cross_site")
      logRefusedOrigin(services, {
        requestId: req.id,
        ip: addressOf(req.raw),
        operation: (req.url.split("?", 1)[0] ?? "").slice("/trpc/".length, 200),
      });
    done(failure ?? undefined);
  });
  app.addHook("onSend", (req, res, payload, done) => {
    if (req.headers["x-session"] !== undefined) res.header("vary", VARY_IN_COOKIE_MODE);
    done(null, payload);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (req: FastifyRequest, body: Buffer) => {
      checkEncoding(req.headers);
      return decodeUtf8(body, req.headers["content-type"]);
    },
  );
  app.route<{ Params: { path: string } }>({
    method: app.supportedMethods,
    url: "/trpc/:path",
    handler: async (req, res) => {
      if (!["GET", "HEAD", "POST"].includes(req.method)) {
        res.header("allow", "GET, POST");
        throw Failure.because("operation.wrong_method", "method", { method: req.method });
      }
      const { method, url, body, params } = req;
      refuseBatch(params.path, url);
      const call = {
        requestId: req.id,
        headers: req.headers,
        method,
        url,
        path: params.path,
        contentType: req.headers["content-type"],
        body,
        record: recordOf(req.raw),
      };
      const isStreamed = method !== "HEAD" && asksForStream(req.headers) && isBatchUrl(url);
      const answer = isStreamed ? null : await shortcut?.answer(services, call, () => contextOf(req, res));
      if (!answer) {
        const transformed = findTransformedInput(call);
        if (transformed?.isSuperjson) return sendToSuperjson(res, errorShape(transformed.failure, req.id));
        if (transformed) throw transformed.failure;
        return answerWithAdapter(req, res, { isStreamed, contextOf, log: services.log });
      }
      if (answer.retryAfterSeconds !== undefined) res.header("retry-after", answer.retryAfterSeconds);
      return res.code(answer.status).headers(answerHeaders).send(answer.text);
    },
  });
}

/** The number of calls in a request. Operation names contain no comma. */
const callsIn = ({ url }: FastifyRequest): number => (url.split("?", 1)[0] ?? "").split(/,|%2c/i).length;

/** Runs the work once: the calls of a batch share their input. */
function once<T>(work: () => T): () => T {
  let done: { readonly result: T } | undefined;
  return () => (done ??= { result: work() }).result;
}

/**
 * Sends the error once more as `error.json`, where superjson reads it. Without it, the client reports only that it cannot
 * read the response.
 */
function sendToSuperjson(res: FastifyReply, error: ErrorShape): FastifyReply {
  return res
    .code(error.data.httpStatus)
    .headers(answerHeaders)
    .send(JSON.stringify({ error: { ...error, json: error } }));
}

type ContextOf = (req: FastifyRequest, res: FastifyReply, isStreamed?: boolean) => Context;

interface AdapterOptions {
  readonly isStreamed: boolean;
  readonly contextOf: ContextOf;
  readonly log: Log;
}

/** Answers a request with tRPC's adapter. The response has the same form as a response of the fast path. */
async function answerWithAdapter(
  req: FastifyRequest<{ Params: { path: string } }>,
  res: FastifyReply,
  { isStreamed, contextOf, log }: AdapterOptions,
): Promise<void> {
  if (!isStreamed) {
    // tRPC refuses a single call with these headers. The server answers it in the ordinary form.
    req.raw.headers.accept = "application/json";
    delete req.raw.headers["trpc-accept"];
  }
  const ctx = contextOf(req, res, isStreamed);
  const cookies = isStreamed && ctx.cookie ? await settleCookie(ctx, ctx.cookie, req.params.path) : null;
  const send = (answer: Response) =>
    isStreamed ? sendLines(res, answer, { log, cookies }) : sendWhole(res, answer);
  await fastifyRequestHandler({
    req,
    res: Object.assign(Object.create(res) as FastifyReply, { send }),
    path: req.params.path,
    router: appRouter,
    maxBatchSize: MAX_BATCH_CALLS,
    createContext: () => ctx,
    onError: ({ error, ctx: known }) => {
      // The call was refused before it had a context, so tRPC has no request id. `answerErrors` answers it.
      if (!known) throw asFailure(error, req.params.path);
    },
  });
}

async function sendWhole(res: FastifyReply, { status, headers, body }: Response): Promise<void> {
  res.code(status);
  for (const [name, value] of headers) res.header(name, value);
  await res.send(body === null ? undefined : await new Response(body).text());
}

/** Refuses a body that is compressed, because it would look like malformed JSON. @throws Failure input.encoding */
function checkEncoding(headers: IncomingHttpHeaders): void {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && !/^\s*(?:identity)?\s*$/i.test(encoding)) throw new Failure("input.encoding");
  const transfer = headers["transfer-encoding"];
  if (transfer !== undefined && !/^\s*chunked\s*$/i.test(transfer))
    throw Failure.because("input.encoding", "transfer", {});
}

/** Decodes UTF-8 and rejects invalid bytes. Replacing them by U+FFFD would store text that the caller did not send. */
function decodeUtf8(body: Buffer, contentType: string | undefined): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    // The runtime's error says nothing more.
    throw describeUndecodableBody(body, contentType);
  }
}
