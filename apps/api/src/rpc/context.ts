import type { SessionRecord } from "@projostack/db";
import type { Log } from "../infra/log.ts";
import type { Services } from "./services.ts";

/** What a procedure knows of the request before it knows the caller. */
export interface Context {
  readonly services: Services;
  readonly requestId: string;
  readonly log: Log;
  /** The bearer's token, or null when there is none or the header is malformed. */
  readonly token: string | null;
  /** `x-workspace-id` as it was sent, or null. */
  readonly workspaceId: string | null;
  /** The token's session, user and membership: asked for once a request, never kept beyond it. */
  findSession(): Promise<SessionRecord | null>;
  /** Sets the answer's `retry-after` header. */
  setRetryAfter(seconds: number): void;
}

export interface RequestFacts {
  readonly requestId: string;
  readonly log: Log;
  readonly authorization: string | undefined;
  readonly workspaceId: string | undefined;
  setRetryAfter(seconds: number): void;
}

export function createContext(services: Services, facts: RequestFacts): Context {
  const { requestId, log } = facts;
  const token = bearerOf(facts.authorization);
  const workspaceId = facts.workspaceId?.trim().toLowerCase() ?? null;
  let session: Promise<SessionRecord | null> | undefined;
  const findSession = () => {
    // What is not an id is no workspace's, and must not reach the database as one.
    const asked = workspaceId !== null && UUID.test(workspaceId) ? workspaceId : null;
    session ??= token === null ? Promise.resolve(null) : services.sessions.find(token, asked);
    return session;
  };
  const setRetryAfter = (seconds: number) => facts.setRetryAfter(seconds);
  return { services, requestId, log, token, workspaceId, findSession, setRetryAfter };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** RFC 6750, section 2.1. */
function bearerOf(authorization: string | undefined): string | null {
  const [, token] = /^bearer +([\w.~+/=-]{1,512})$/i.exec(authorization?.trim() ?? "") ?? [];
  return token ?? null;
}
