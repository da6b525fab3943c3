import type { IncomingHttpHeaders } from "node:http";
import { fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { appRouter } from "../router.ts";
import { createContext, type Context } from "../rpc/context.ts";
import { asFailure, Failure } from "../rpc/failures/failure.ts";
import type { Services } from "../rpc/services.ts";
import type { AddressOf } from "./address-of.ts";
import { answerHeaders } from "./answer.ts";
import { noteActorOf } from "./log-request.ts";
import { MAX_BATCH_CALLS, refuseBatch } from "./batches.ts";
import { factsOf } from "./request-facts.ts";
import { describeMalformedInput, describeUndecodableBody } from "./refusals/malformed-input.ts";
import type { Shortcut } from "./shortcut.ts";

export interface RpcRoutesOptions {
  readonly addressOf: AddressOf;
  readonly shortcut: Shortcut | undefined;
}

/** The route `/trpc/<operation>`. It accepts JSON in UTF-8 only, one call or a batch of up to ten. */
export async function rpcRoutes(
  app: FastifyInstance,
  services: Services,
  { addressOf, shortcut }: RpcRoutesOptions,
): Promise<void> {
  const contextOf: ContextOf = (req, res) =>
    createContext(
      services,
      factsOf(services, {
        request: req.raw,
        response: res.raw,
        requestId: req.id,
        ip: addressOf(req.raw),
        setHeader: (name, value) => void res.header(name, value),
        noteActor: noteActorOf(req.raw),
        describeMalformedInput: once(() => describeMalformedInput(req)),
      }),
    );
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
        method,
        url,
        path: params.path,
        contentType: req.headers["content-type"],
        body,
      };
      const answer = await shortcut?.answer(services, call, () => contextOf(req, res));
      if (!answer) return answerWithAdapter(req, res, contextOf);
      if (answer.retryAfterSeconds !== undefined) res.header("retry-after", answer.retryAfterSeconds);
      return res.code(answer.status).headers(answerHeaders).send(answer.text);
    },
  });
}

/** Runs the work once: the calls of a batch share their input. */
function once<T>(work: () => T): () => T {
  let done: { readonly result: T } | undefined;
  return () => (done ??= { result: work() }).result;
}

type ContextOf = (req: FastifyRequest, res: FastifyReply) => Context;

/** Answers a request with tRPC's adapter. The response has the same form as a response of the fast path. */
async function answerWithAdapter(
  req: FastifyRequest<{ Params: { path: string } }>,
  res: FastifyReply,
  contextOf: ContextOf,
): Promise<void> {
  // These headers would make tRPC stream a batch as lines. The server supports one response form only.
  req.raw.headers.accept = "application/json";
  delete req.raw.headers["trpc-accept"];
  const send = (answer: Response) => sendWhole(res, answer);
  await fastifyRequestHandler({
    req,
    res: Object.assign(Object.create(res) as FastifyReply, { send }),
    path: req.params.path,
    router: appRouter,
    maxBatchSize: MAX_BATCH_CALLS,
    createContext: () => contextOf(req, res),
    onError: ({ error, ctx }) => {
      // The call was refused before it had a context, so tRPC has no request id. `answerErrors` answers it.
      if (!ctx) throw asFailure(error, req.params.path);
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
