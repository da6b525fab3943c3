// How an act goes on record: an operation says what it did, and when it is done the entries are appended, as the last
// thing in its transaction. They commit together or not at all, and nobody waits for the log longer than that.
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
  /** What is worth knowing of it as it was, and as it is now. It stays for ever: no secret, and nothing personal. */
  readonly before?: AuditValues;
  readonly after?: AuditValues;
  /** Whose address it is about. It can be erased later. */
  readonly email?: string;
}

/** The kinds of targets: each is the part of an audit action before the dot. */
type TargetType = AuditAction extends `${infer Type}.${string}` ? Type : never;

export type AuditValues = Readonly<Record<string, string | number | boolean | null>>;

/** Says what was done. It is on record when the operation has its answer. */
export type Audit = (action: AuditAction, target: AuditTarget) => void;

/** The actor of an entry, and where the request came from. */
export interface Origin {
  readonly actor: Pick<Membership, "userId" | "key">;
  readonly requestId: string;
  /** A pseudonym of the session within the workspace. */
  readonly sessionId: string | null;
  readonly ip: Address;
  readonly userAgent: string | null;
  readonly newId: () => string;
}

/** @param workspaceId in whose log the act goes */
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
  // Admins read the log, and a session's id is for its owner alone.
  const sessionId = isPerson
    ? sessionPseudonym(services.keys, { workspaceId, sessionId: caller.session.id })
    : null;
  return { actor, requestId, sessionId, ...device, newId };
}

/** Does the work, and appends what it said to the log. */
export async function withAudit<T>(
  origin: Origin,
  tables: TenantWrite,
  work: (audit: Audit) => Promise<T>,
): Promise<T> {
  const entries: AuditEntry[] = [];
  const audit: Audit = (action, { type, id, before, after, email }) => {
    const meta = { ...(before && { before }), ...(after && { after }) };
    const about = { action, targetType: type, targetId: id, outcome: "ok", meta } as const;
    entries.push({ ...entryOf(origin, email), ...about });
  };
  const result = await work(audit);
  if (entries.length > 0) tables.sql.audit.appendAtCommit(entries);
  return result;
}

/** What an entry says of who acts. A key is no person, whoever made it. */
export function entryOf({ actor, requestId, sessionId, ip, userAgent, newId }: Origin, email?: string) {
  const who = actor.key
    ? ({ actorKind: "key", actorKeyId: actor.key.id } as const)
    : ({ actorKind: "user", actorUserId: actor.userId } as const);
  return { id: newId(), ...who, requestId, sessionId, personal: { ip, userAgent, ...(email && { email }) } };
}
