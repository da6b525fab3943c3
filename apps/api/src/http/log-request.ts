// The access log: one line for each request, with the client address and the account or service key.
import type { IncomingMessage } from "node:http";
import type { Address } from "../runtime/address.ts";
import type { Log } from "../runtime/log.ts";
import type { Actor } from "../rpc/context.ts";

interface Answered {
  readonly requestId: string;
  /** Null when the request was not authenticated. */
  readonly actor: Actor | null;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly ms: number;
  /** The client address. */
  readonly ip: Address;
}

export function logRequest(log: Log, { url, ms, ...facts }: Answered): void {
  // The query string is left out because it may hold search texts.
  const end = url.indexOf("?");
  const path = end === -1 ? url : url.slice(0, end);
  const { requestId, method, status, ip, actor } = facts;
  log.info({ requestId, method, path, status, ms: Math.round(ms * 10) / 10, ip, ...actor }, "request");
}

const actors = new WeakMap<IncomingMessage, Actor>();

/** Stores the actor of a request until its line is written. */
export const noteActorOf =
  (request: IncomingMessage) =>
  (actor: Actor): void =>
    void actors.set(request, actor);

export const notedActor = (request: IncomingMessage): Actor | null => actors.get(request) ?? null;
