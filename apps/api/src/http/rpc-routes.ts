import type { ServerResponse } from "node:http";
import { fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { appRouter } from "../router.ts";
import { createContext, type RequestFacts } from "../rpc/context.ts";
import { asFailure, Failure } from "../rpc/failure.ts";
import type { Services } from "../rpc/services.ts";
import { addressOf } from "./address-of.ts";
import { answerCalls, callsOf } from "./answer-calls.ts";

const LARGEST_BATCH = 10;

/** `/trpc/<operation>`: JSON in UTF-8 and nothing else, one call or a batch of up to ten. */
export async function rpcRoutes(app: FastifyInstance, services: Services): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_: FastifyRequest, body: Buffer) => textOf(body),
  );
  app.route<{ Params: { path: string } }>({
    method: app.supportedMethods,
    url: "/trpc/:path",
    handler: async (req, res) => {
      if (!["GET", "HEAD", "POST"].includes(req.method)) {
        res.header("allow", "GET, POST");
        throw new Failure("operation.wrong_method");
      }
      const calls = callsOf(req, req.params.path, LARGEST_BATCH);
      if (calls) return answerCalls(calls, createContext(services, factsOf(services, req, res)), res);
      return byAdapter(req, res, services);
    },
  });
}

/** tRPC's own way, for whatever is out of the ordinary. Its answer has the form that all others have. */
async function byAdapter(
  req: FastifyRequest<{ Params: { path: string } }>,
  res: FastifyReply,
  services: Services,
): Promise<void> {
  // tRPC would answer a batch as a stream of lines if it were asked to: here is one form of answer.
  req.raw.headers.accept = "application/json";
  delete req.raw.headers["trpc-accept"];
  const send = (answer: Response) => sendWhole(res, answer);
  await fastifyRequestHandler({
    req,
    res: Object.assign(Object.create(res) as FastifyReply, { send }),
    path: req.params.path,
    router: appRouter,
    maxBatchSize: LARGEST_BATCH,
    createContext: () => createContext(services, factsOf(services, req, res)),
    onError: ({ error, ctx }) => {
      // Refused before it had a context, so tRPC knows no request id: `answerErrors` does.
      if (!ctx) throw asFailure(error);
    },
  });
}

async function sendWhole(res: FastifyReply, { status, headers, body }: Response): Promise<void> {
  res.code(status);
  for (const [name, value] of headers) res.header(name, value);
  await res.send(body === null ? undefined : await new Response(body).text());
}

function factsOf({ log }: Services, req: FastifyRequest, res: FastifyReply): RequestFacts {
  return {
    requestId: req.id,
    ip: addressOf(req),
    userAgent: req.headers["user-agent"],
    get log() {
      return log.child({ requestId: req.id });
    },
    get signal() {
      return abortedBy(res.raw);
    },
    authorization: req.headers.authorization,
    workspaceId: oneOf(req.headers["x-workspace-id"]),
    setRetryAfter: (seconds) => void res.header("retry-after", seconds),
    setRateLimit: ({ policy, limit }) =>
      void res.header("ratelimit-policy", policy).header("ratelimit", limit),
  };
}

/** Aborted when the caller hangs up before the answer is written. */
function abortedBy(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.once("close", () => {
    if (!response.writableEnded) gone.abort();
  });
  return gone.signal;
}

/** Bytes that are no UTF-8 are refused: replaced by U+FFFD, they would be stored as what nobody sent. */
function textOf(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new Failure("input.malformed", { cause });
  }
}

const oneOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
