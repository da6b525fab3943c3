// Records audit entries. An operation declares what it did, and the entries are appended as the last statement of its
// transaction. The change and its entries commit together or not at all, and the lock on the log is held only briefly.
import type { Membership } from "@projostack/authz";
import type { AuditAction } from "@projostack/contract";
import type { AuditEntry, TenantWrite } from "@projostack/db";
import type { Address } from "../runtime/address.ts";
import { sessionPseudonym } from "../identity/sessions/session-pseudonym.ts";
import type { Caller } from "./caller.ts";
import type { Context } from "./context.ts";

export interface AuditTarget {
  readonly type: TargetType;
  readonly id: string;
  /**
   * The relevant values before and after the change. They are kept forever, so they hold no secrets and no personal data.
   */
  readonly before?: AuditValues;
  readonly after?: AuditValues;
  /** The email address that the entry is about. It can be erased later. */
  readonly email?: string;
}

/** The kinds of targets: each is the part of an audit action before the dot. */
type TargetType = AuditAction extends `${infer Type}.${string}` ? Type : never;

export type AuditValues = Readonly<Record<string, string | number | boolean | null>>;

/** Declares an audit entry. The entry is appended when the operation's function has returned. */
export type Audit = (action: AuditAction, target: AuditTarget) => void;

/** The actor of an entry and the origin of the request. */
export interface Origin {
  readonly actor: Pick<Membership, "userId" | "key">;
  readonly requestId: string;
  /** A pseudonym of the session within the workspace. */
  readonly sessionId: string | null;
  readonly ip: Address;
  readonly userAgent: string | null;
  readonly newId: () => string;
}

/** @param workspaceId the workspace whose log receives the entries */
export function originOf(
  { requestId, device, services }: Context,
  caller: Caller,
  workspaceId: string,
): Origin {
  const isPerson = caller.kind === "person";
  const actor = isPerson
    ? { userId: caller.user.id }
    : { userId: caller.key.createdBy, key: { id: caller.key.id, scopes: caller.key.scopes } };
  const newId = () => services.randomness.newId();
  // Admins read the log, but only the owner of a session may learn its id.
  const sessionId = isPerson
    ? sessionPseudonym(services.keys, { workspaceId, sessionId: caller.session.id })
    : null;
  return { actor, requestId, sessionId, ...device, newId };
}

/** Runs the work, then appends the entries that it declared. */
export async function withAudit<T>(
  origin: Origin,
  tables: TenantWrite,
  work: (audit: Audit) => Promise<T>,
): Promise<T> {
  const entries: AuditEntry[] = [];
  const audit: Audit = (action, { type, id, before, after, email }) => {
    const meta = { ...(before && { before }), ...(after && { after }) };
    const act = { action, targetType: type, targetId: id, outcome: "ok", meta } as const;
    entries.push({ ...entryOf(origin, email), ...act });
  };
  const result = await work(audit);
  if (entries.length > 0) tables.sql.audit.appendAtCommit(entries);
  return result;
}

/**
 * The part of an entry that names the actor. An act of a service key is recorded for the key, not for the user who created
 * it.
 */
export function entryOf({ actor, requestId, sessionId, ip, userAgent, newId }: Origin, email?: string) {
  const actorFields = actor.key
    ? ({ actorKind: "key", actorKeyId: actor.key.id } as const)
    : ({ actorKind: "user", actorUserId: actor.userId } as const);
  const personal = { ip, userAgent, ...(email && { email }) };
  return { id: newId(), ...actorFields, requestId, sessionId, personal };
}
