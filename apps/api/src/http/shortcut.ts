// The interface of an optional shortcut for calls. HTTP works without one: tRPC's adapter then answers every call in the
// same form. The fast path (../fast-path) is the only implementation.
import type { FastifyInstance } from "fastify";
import type { Context } from "../rpc/context.ts";
import type { Services } from "../rpc/services.ts";
import type { AddressOf } from "./address-of.ts";
import type { Answer } from "./answer.ts";
import type { Connections } from "./connections/connections.ts";

export interface ShortcutDeps {
  readonly services: Services;
  readonly connections: Connections;
  readonly addressOf: AddressOf;
}

/** The parts of a request that decide which operations it calls, with which inputs. */
export interface CallRequest {
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  /** The part of the path after `/trpc/`. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

export interface ShortcutAnswer extends Answer {
  /** Set when the server is too busy to answer the call. */
  readonly retryAfterSeconds?: number;
}

export interface Shortcut {
  /** Answers some requests before Fastify receives them. All other requests go on to Fastify. */
  attach(app: FastifyInstance, deps: ShortcutDeps): void;
  /** Answers a request that Fastify received, or returns null when tRPC's adapter must answer it. */
  answer(
    services: Services,
    request: CallRequest,
    createContext: () => Context,
  ): Promise<ShortcutAnswer | null>;
}
