// Which priority a call has when the server has more to do than it can, and its refusal.
import type { Kind, Operation } from "@projostack/contract";
import type { Priority } from "../../limits/admission/admission.ts";
import { Failure } from "../failure.ts";
import type { Call } from "../call.ts";

/** The call was refused because it could not have been served in time. */
class NotAdmitted extends Error {
  override readonly name = "NotAdmitted";
  /** The cause in the log. */
  readonly refusal = "overload";
}

/** One for all refusals: in an overload there are thousands a second, and a stack for each costs more than the refusal. */
export const notAdmitted = new NotAdmitted("The server has more to do than it can do in time.");

/** @throws Failure server.busy when the call could not be served in time */
export async function checkAdmission(call: Call, operation: Operation): Promise<void> {
  const priority = await priorityOf(call, operation);
  const retryAfterSeconds = call.ctx.services.admission.refusal(priority);
  if (retryAfterSeconds !== null) throw new Failure("server.busy", { retryAfterSeconds, cause: notAdmitted });
}

/** What takes access away must work also when there is too much to do, and whether the server lives must be seen. */
export const urgentOperations: ReadonlySet<string> = new Set([
  "auth.signOut",
  "auth.signOutEverywhere",
  "sessions.revoke",
  "serviceKeys.revoke",
  "members.remove",
  "system.health",
]);

/** What reads all that a workspace has, or writes hundreds of rows. */
export const heavyOperations: ReadonlySet<string> = new Set([
  "audit.export",
  "audit.verify",
  "tasks.createMany",
]);

/** Whether a call is a read by its name alone. */
const isPlainRead = (name: string, kind: Kind): boolean =>
  kind === "query" && !urgentOperations.has(name) && !heavyOperations.has(name);

/** The priority of a call that its name alone decides; null where the input does, or where the call is never refused. */
export function priorityByName(name: string, kind: Kind): Priority | null {
  if (isPlainRead(name, kind)) return "read";
  return kind === "mutation" && !urgentOperations.has(name) && !heavyOperations.has(name) ? "change" : null;
}

async function priorityOf({ path, getRawInput }: Call, { kind }: Operation): Promise<Priority> {
  if (urgentOperations.has(path)) return "urgent";
  if (heavyOperations.has(path)) return "heavy";
  // An input that cannot be read is refused in its turn, after the caller was asked who they are.
  if (path === "tasks.list" && isSearch(await getRawInput().catch(() => null))) return "heavy";
  return kind === "query" ? "read" : "change";
}

const isSearch = (input: unknown): boolean =>
  typeof input === "object" && input !== null && "search" in input && input.search !== undefined;
