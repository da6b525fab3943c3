import type { AccountAction } from "@projostack/contract";
import type { AccountEvent, PrefetchRequest, Device } from "@projostack/db";
import type { Address } from "../runtime/address.ts";
import type { Quota } from "../limits/limiter/limiter.ts";
import type { Log } from "../runtime/log.ts";
import { looksLikeServiceKey } from "../identity/tokens/service-keys.ts";
import type { Caller } from "./caller.ts";
import { Failure } from "./failure.ts";
import { collectRateLimit, type RateLimitFields } from "./rate-limit-fields.ts";
import type { Services } from "./services.ts";

/** The account or the service key that a request acts for, by its id. */
export type Actor = { readonly userId: string } | { readonly keyId: string };

/** What a procedure knows of the request before it knows the caller. */
export interface Context {
  readonly services: Services;
  readonly requestId: string;
  readonly log: Log;
  /** Where the request comes from. */
  readonly device: KnownDevice;
  /** The bearer's token, or null when there is none or the header is malformed. */
  readonly token: string | null;
  /** Whether the account that the input names has signed in at this address lately: only then may they use what is reserved. */
  readonly isKnown: boolean;
  /** `x-workspace-id` as it was sent, or null. */
  readonly workspaceId: string | null;
  /**
   * Who is behind the token: asked for once a request, never kept beyond it. Null when it is not valid.
   * @param prefetch asked in the same trip by the first call of a request, if the caller is a person
   */
  findCaller(prefetch?: PrefetchRequest): Promise<Caller | null>;
  /** The actor, once it is known; null before, and when the credential was refused. */
  readonly actor: Actor | null;
  /** Names the actor for the logs. */
  noteActor(actor: Actor): void;
  /** The same request, and more that is known of it. */
  with<T extends object>(more: T): Context & T;
  /** What goes on record of an act on an account: who acts comes from the database, never from the input. */
  readonly event: (action: AccountAction) => AccountEvent;
  /** Aborted when the caller hangs up: what they wait for need not begin. */
  readonly signal: AbortSignal;
  /** Sets the answer's `retry-after` header: to the longest wait that a call of the request asks for. */
  setRetryAfter(seconds: number): void;
  /** Says in the answer's headers what is left of a limit. */
  readonly setRateLimitHeaders: (quotas: readonly Quota[]) => void;
}

/** A device whose address is known, as it is of every request. */
export interface KnownDevice extends Device {
  readonly ip: Address;
}

export interface RequestFacts {
  readonly ip: Address;
  readonly userAgent: string | undefined;
  readonly requestId: string;
  readonly log: Log;
  readonly authorization: string | undefined;
  readonly workspaceId: string | undefined;
  readonly signal: AbortSignal;
  setRetryAfter(seconds: number): void;
  setRateLimit(fields: RateLimitFields): void;
  /** Names the actor for the request's line in the access log. */
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
    // What is not an id is no workspace's, and must not reach the database as one.
    const asked = workspaceId !== null && UUID.test(workspaceId) ? workspaceId : null;
    caller ??=
      token === null
        ? Promise.resolve(null)
        : findCallerBy(services, { token, workspaceId: asked, prefetch, address: facts.ip }).then((found) => {
            if (found) noteActor(actorOf(found));
            return found;
          });
    return caller;
  };
  let longest = 0;
  const setRetryAfter = (seconds: number) => {
    longest = Math.max(longest, seconds);
    facts.setRetryAfter(longest);
  };
  const collected = collectRateLimit();
  const setRateLimitHeaders = (quotas: readonly Quota[]) => {
    const fields = collected(quotas);
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
    // Few calls log, and few can be broken off: what they need for it is made when it is asked for.
    get log() {
      return facts.log;
    },
    get signal() {
      return facts.signal;
    },
    token,
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

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** RFC 6750, section 2.1. */
function bearerOf(authorization: string | undefined): string | null {
  const [, token] = /^bearer +([\w.~+/=-]{1,512})$/i.exec(authorization?.trim() ?? "") ?? [];
  return token ?? null;
}

/** A user agent as it may be shown: what cannot be printed is left out, and what is too long is cut. */
function printable(userAgent: string | undefined): string | null {
  const text = userAgent?.replaceAll(/[^\x20-\x7e]/g, "").slice(0, 200) ?? "";
  return text === "" ? null : text;
}
