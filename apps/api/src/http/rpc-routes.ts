import { fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { appRouter } from "../router.ts";
import { createContext, type Context } from "../rpc/context.ts";
import { asFailure, Failure } from "../rpc/failure.ts";
import type { Services } from "../rpc/services.ts";
import type { AddressOf } from "./address-of.ts";
import { answerHeaders } from "./answer.ts";
import { noteActorOf } from "./log-request.ts";
import { MAX_BATCH_CALLS, refuseLongBatch } from "./batches.ts";
import { factsOf } from "./request-facts.ts";
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
      }),
    );
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_: FastifyRequest, body: Buffer) => decodeUtf8(body),
  );
  app.route<{ Params: { path: string } }>({
    method: app.supportedMethods,
    url: "/trpc/:path",
    handler: async (req, res) => {
      if (!["GET", "HEAD", "POST"].includes(req.method)) {
        res.header("allow", "GET, POST");
        throw new Failure("operation.wrong_method");
      }
      const { method, url, body, params } = req;
      refuseLongBatch(params.path, url);
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
      if (!ctx) throw asFailure(error);
    },
  });
}

async function sendWhole(res: FastifyReply, { status, headers, body }: Response): Promise<void> {
  res.code(status);
  for (const [name, value] of headers) res.header(name, value);
  await res.send(body === null ? undefined : await new Response(body).text());
}

/** Decodes UTF-8 and rejects invalid bytes. Replacing them by U+FFFD would store text that the caller did not send. */
function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new Failure("input.malformed", { cause });
  }
}
