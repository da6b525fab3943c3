// The access log: one line for each request, with the address it came from and the account or service key it acted for.
import type { IncomingMessage } from "node:http";
import type { Address } from "../runtime/address.ts";
import type { Log } from "../runtime/log.ts";
import type { Actor } from "../rpc/context.ts";

interface Answered {
  readonly requestId: string;
  /** Null where nobody was signed in. */
  readonly actor: Actor | null;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly ms: number;
  /** Where the request came from. */
  readonly ip: Address;
}

export function logRequest(log: Log, { url, ms, ...facts }: Answered): void {
  // The path alone: a query may hold what people search for.
  const end = url.indexOf("?");
  const path = end === -1 ? url : url.slice(0, end);
  const { requestId, method, status, ip, actor } = facts;
  log.info({ requestId, method, path, status, ms: Math.round(ms * 10) / 10, ip, ...actor }, "request");
}

const actors = new WeakMap<IncomingMessage, Actor>();

/** Keeps the actor of a request until its line is written. */
export const noteActorOf =
  (request: IncomingMessage) =>
  (actor: Actor): void =>
    void actors.set(request, actor);

export const notedActor = (request: IncomingMessage): Actor | null => actors.get(request) ?? null;
