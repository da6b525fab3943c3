// The interface of an optional shortcut for calls. HTTP works without one: tRPC's adapter then answers every call in the
// same form. The fast path (../fast-path) is the only implementation.
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import type { FastifyInstance } from "fastify";
import type { RequestRecord } from "../observe/request-record.ts";
import type { Context } from "../rpc/context.ts";
import type { Services } from "../rpc/services.ts";
import type { AddressOf } from "./address-of.ts";
import type { Answer } from "./answer.ts";
import type { Stop } from "./connections/stop-connections.ts";

export interface ShortcutDeps {
  readonly services: Services;
  readonly addressOf: AddressOf;
  readonly stop: Stop;
}

/** The parts of a request that decide which operations it calls, with which inputs. */
export interface CallRequest {
  readonly requestId: string;
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  readonly url: string;
  /** The part of the path after `/trpc/`. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: unknown;
  readonly record: RequestRecord;
}

export interface ShortcutAnswer extends Answer {
  /** Set when the server is too busy to answer the call. */
  readonly retryAfterSeconds?: number;
}

export interface Shortcut {
  /** Returns a listener that answers some requests before Fastify receives them, and passes all others on to Fastify. */
  listen(app: FastifyInstance, deps: ShortcutDeps): RequestListener;
  /** Answers a request that Fastify received, or returns null when tRPC's adapter must answer it. */
  answer(
    services: Services,
    request: CallRequest,
    createContext: () => Context,
  ): Promise<ShortcutAnswer | null>;
}
