import type { AccountAction } from "@projostack/contract";
import { UUID, type AccountEvent, type PrefetchRequest, type Device } from "@projostack/db";
import type { Actor, RequestRecord } from "../observe/request-record.ts";
import type { Address } from "../runtime/address.ts";
import type { Quota } from "../limits/limiter/limiter.ts";
import type { Log } from "../runtime/log.ts";
import { looksLikeServiceKey } from "../identity/tokens/service-keys.ts";
import type { Caller } from "./caller.ts";
import type { CookieMode } from "./cookie-mode.ts";
import { findByCookie, type CallerQuery } from "./find-by-cookie.ts";
import type { CallOnce } from "./idempotency/call-once.ts";
import { Failure } from "./failures/failure.ts";
import { collectRateLimit, type RateLimitFields } from "./rate-limit-fields.ts";
import { requestServices } from "./request-services.ts";
import type { Services } from "./services.ts";

export type { Actor };

/** The context of a call before authentication. */
export interface Context {
  readonly services: Services;
  readonly requestId: string;
  /** The id of the caller's distributed trace. */
  readonly traceId: string | undefined;
  readonly log: Log;
  /** The address and user agent of the request. */
  readonly device: KnownDevice;
  /** The bearer token, or null when there is none or the header is malformed. */
  readonly token: string | null;
  /** The session cookie of a request with `x-session: cookie`; null for other requests. */
  readonly cookie: CookieMode | null;
  /**
   * Whether the account in the input signed in from this address recently. Such callers have reserved limits and queue
   * places.
   */
  readonly isKnown: boolean;
  /** What the caller sent, for the message of a refusal. */
  readonly sent: SentRequest;
  /** The value of `idempotency-key`, or null. It may be malformed. */
  readonly idempotencyKey: string | null;
  /** The idempotency key of this call outside a workspace; null without one. */
  readonly once: CallOnce | null;
  /** Notes that this call returned the answer of an earlier call. */
  noteReplay(): void;
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
  /** What the request's line in the log and its trace contain. */
  readonly record: RequestRecord;
  /** A copy of the context with more properties. */
  with<T extends object>(more: T): Context & T;
  /** Creates an account event. Its actor comes from the database, never from the input. */
  readonly event: (action: AccountAction) => AccountEvent;
  /** Aborted when the caller closes the connection, so that work which has not started is skipped. */
  readonly signal: AbortSignal;
  /** Aborted when the server is stopping and the call must end. Only the calls of a streamed batch have one. */
  readonly lastAnswers: AbortSignal | undefined;
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
  readonly traceId?: string | undefined;
  readonly log: Log;
  readonly workspaceId: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly cookie?: CookieMode | undefined;
  /** The number of calls in the request. */
  readonly calls?: number;
  /** Sets the header that reports that every call of the request returned the answer of an earlier one. */
  setReplayed?(): void;
  readonly signal: AbortSignal;
  readonly lastAnswers?: AbortSignal | undefined;
  setRetryAfter(seconds: number): void;
  setRateLimit(fields: RateLimitFields): void;
  readonly record: RequestRecord;
}

export function createContext(serverServices: Services, facts: RequestFacts): Context {
  const { requestId, record } = facts;
  const services = requestServices(serverServices, record);
  const token = bearerOf(facts.authorization);
  const workspaceId = facts.workspaceId?.trim().toLowerCase() ?? null;
  const noteActor = (known: Actor) => {
    record.actor = known;
  };
  const cookie = facts.cookie ?? null;
  const find = async (query: CallerQuery): Promise<Caller | null> => {
    if (cookie) return findByCookie(services, cookie, { ...query, device, event, log: () => facts.log });
    return token === null ? null : findCallerBy(services, { token, ...query, address: facts.ip });
  };
  let caller: Promise<Caller | null> | undefined;
  const findCaller = (prefetch?: PrefetchRequest) => {
    // A malformed id belongs to no workspace and must not reach the database.
    const wellFormedId = workspaceId !== null && UUID.test(workspaceId) ? workspaceId : null;
    caller ??= find({ workspaceId: wellFormedId, prefetch }).then((found) => {
      if (found) noteActor(actorOf(found));
      return found;
    });
    return caller;
  };
  let longestWait = 0;
  const setRetryAfter = (seconds: number) => {
    longestWait = Math.max(longestWait, seconds);
    facts.setRetryAfter(longestWait);
  };
  let replays = 0;
  const noteReplay = () => {
    replays += 1;
    if (replays === (facts.calls ?? 1)) facts.setReplayed?.();
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
    // Few calls use the trace, the log or the signal, so they are created on first use.
    get traceId() {
      return facts.traceId;
    },
    get log() {
      return facts.log;
    },
    get signal() {
      return facts.signal;
    },
    lastAnswers: facts.lastAnswers,
    token,
    cookie,
    sent: facts,
    isKnown: false,
    idempotencyKey: facts.idempotencyKey ?? null,
    once: null,
    noteReplay,
    workspaceId,
    findCaller,
    get actor() {
      return record.actor;
    },
    noteActor,
    record,
    setRetryAfter,
    setRateLimitHeaders,
    with<T extends object>(more: T): Context & T {
      return Object.assign(Object.create(this) as Context, more);
    },
  };
}

const actorOf = (caller: Caller): Actor =>
  caller.kind === "person" ? { userId: caller.user.id } : { keyId: caller.key.id };

interface Bearer extends CallerQuery {
  readonly token: string;
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
