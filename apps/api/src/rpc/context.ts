import type { AccountAction } from "@projostack/contract";
import { UUID, type AccountEvent, type PrefetchRequest, type Device } from "@projostack/db";
import type { Address } from "../runtime/address.ts";
import type { Quota } from "../limits/limiter/limiter.ts";
import type { Log } from "../runtime/log.ts";
import { looksLikeServiceKey } from "../identity/tokens/service-keys.ts";
import type { Caller } from "./caller.ts";
import { Failure } from "./failures/failure.ts";
import { collectRateLimit, type RateLimitFields } from "./rate-limit-fields.ts";
import type { Services } from "./services.ts";

/** The account or the service key that a request acts for, by its id. */
export type Actor = { readonly userId: string } | { readonly keyId: string };

/** The context of a call before authentication. */
export interface Context {
  readonly services: Services;
  readonly requestId: string;
  readonly log: Log;
  /** The address and user agent of the request. */
  readonly device: KnownDevice;
  /** The bearer token, or null when there is none or the header is malformed. */
  readonly token: string | null;
  /**
   * Whether the account in the input signed in from this address recently. Such callers have reserved limits and queue
   * places.
   */
  readonly isKnown: boolean;
  /** What the caller sent, for the message of a refusal. */
  readonly sent: SentRequest;
  /** The value of `x-workspace-id` in lower case, or null. It may be malformed. */
  readonly workspaceId: string | null;
  /**
   * Finds the caller behind the token, or null when the token is not valid. The lookup runs once per request and is not
   * cached.
   * @param prefetch sent in the same round trip by the first call of a request, if the caller is a person
   */
  findCaller(prefetch?: PrefetchRequest): Promise<Caller | null>;
  /** The actor; null before authentication and when the credential was refused. */
  readonly actor: Actor | null;
  /** Sets the actor for the log. */
  noteActor(actor: Actor): void;
  /** A copy of the context with more properties. */
  with<T extends object>(more: T): Context & T;
  /** Creates an account event. Its actor comes from the database, never from the input. */
  readonly event: (action: AccountAction) => AccountEvent;
  /** Aborted when the caller closes the connection, so that work which has not started is skipped. */
  readonly signal: AbortSignal;
  /** Sets the `retry-after` header to the longest wait of all calls of the request. */
  setRetryAfter(seconds: number): void;
  /** Sets the response headers that report the remaining quota of limits. */
  readonly setRateLimitHeaders: (quotas: readonly Quota[]) => void;
}

/** A device whose address is known. Every request has one. */
export interface KnownDevice extends Device {
  readonly ip: Address;
}

/** The parts of a request that the message of a refusal names. */
export interface SentRequest {
  readonly authorization: string | undefined;
  /** Whether the request has more than one authorization header. */
  readonly repeatsAuthorization?: (() => boolean) | undefined;
  /** Describes the input if it is not well-formed JSON. */
  readonly describeMalformedInput?: (() => Failure | null) | undefined;
}

export interface RequestFacts extends SentRequest {
  readonly ip: Address;
  readonly userAgent: string | undefined;
  readonly requestId: string;
  readonly log: Log;
  readonly workspaceId: string | undefined;
  readonly signal: AbortSignal;
  setRetryAfter(seconds: number): void;
  setRateLimit(fields: RateLimitFields): void;
  /** Sets the actor for the request's line in the access log. */
  noteActor(actor: Actor): void;
}

export function createContext(services: Services, facts: RequestFacts): Context {
  const { requestId } = facts;
  const token = bearerOf(facts.authorization);
  const workspaceId = facts.workspaceId?.trim().toLowerCase() ?? null;
  let actor: Actor | null = null;
  const noteActor = (known: Actor) => {
    actor = known;
    facts.noteActor(known);
  };
  let caller: Promise<Caller | null> | undefined;
  const findCaller = (prefetch?: PrefetchRequest) => {
    // A malformed id belongs to no workspace and must not reach the database.
    const wellFormedId = workspaceId !== null && UUID.test(workspaceId) ? workspaceId : null;
    caller ??=
      token === null
        ? Promise.resolve(null)
        : findCallerBy(services, { token, workspaceId: wellFormedId, prefetch, address: facts.ip }).then(
            (found) => {
              if (found) noteActor(actorOf(found));
              return found;
            },
          );
    return caller;
  };
  let longestWait = 0;
  const setRetryAfter = (seconds: number) => {
    longestWait = Math.max(longestWait, seconds);
    facts.setRetryAfter(longestWait);
  };
  const collect = collectRateLimit();
  const setRateLimitHeaders = (quotas: readonly Quota[]) => {
    const fields = collect(quotas);
    if (fields) facts.setRateLimit(fields);
  };
  const device: KnownDevice = { ip: facts.ip, userAgent: printable(facts.userAgent) };
  const event = (action: AccountAction): AccountEvent => ({
    id: services.randomness.newId(),
    action,
    requestId,
    ...device,
  });
  return {
    services,
    requestId,
    device,
    event,
    // Few calls use the log or the signal, so both are created on first use.
    get log() {
      return facts.log;
    },
    get signal() {
      return facts.signal;
    },
    token,
    sent: facts,
    isKnown: false,
    workspaceId,
    findCaller,
    get actor() {
      return actor;
    },
    noteActor,
    setRetryAfter,
    setRateLimitHeaders,
    with<T extends object>(more: T): Context & T {
      return Object.assign(Object.create(this) as Context, more);
    },
  };
}

const actorOf = (caller: Caller): Actor =>
  caller.kind === "person" ? { userId: caller.user.id } : { keyId: caller.key.id };

interface Bearer {
  readonly token: string;
  readonly workspaceId: string | null;
  readonly prefetch: PrefetchRequest | undefined;
  readonly address: string;
}

async function findCallerBy(
  { serviceKeys, sessions, refusedCredentials }: Services,
  { token, workspaceId, prefetch, address }: Bearer,
): Promise<Caller | null> {
  if (looksLikeServiceKey(token)) {
    const use = { address, token, isIssued: serviceKeys.isIssued(token) };
    const retryAfterSeconds = refusedCredentials.waitForKey(use);
    if (retryAfterSeconds !== null) throw new Failure("limit.exceeded", { retryAfterSeconds });
    const key = await serviceKeys.find(token);
    if (key) refusedCredentials.keySucceeded(use);
    return key && { kind: "service", key };
  }
  const session = await sessions.find(token, workspaceId, prefetch);
  return session && { kind: "person", ...session };
}

/** RFC 6750, section 2.1. */
function bearerOf(authorization: string | undefined): string | null {
  const [, token] = /^bearer +([\w.~+/=-]{1,512})$/i.exec(authorization?.trim() ?? "") ?? [];
  return token ?? null;
}

/** The printable ASCII characters of a user agent, at most 200; null when none are left. */
function printable(userAgent: string | undefined): string | null {
  const text = userAgent?.replaceAll(/[^\x20-\x7e]/g, "").slice(0, 200) ?? "";
  return text === "" ? null : text;
}
