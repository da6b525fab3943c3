// Determines the priority of a call and refuses the call when the server is overloaded.
import type { Kind, Operation } from "@projostack/contract";
import type { Priority } from "../../limits/admission/admission.ts";
import { Failure } from "../failures/failure.ts";
import type { Call } from "../call.ts";

/** The call was refused because the server could not have answered it in time. */
class NotAdmitted extends Error {
  override readonly name = "NotAdmitted";
  /** The name of the cause in the log. */
  readonly refusal = "overload";
}

/**
 * All refusals share one error object: during an overload there are thousands a second, and capturing a stack costs more
 * than the refusal.
 */
export const notAdmitted = new NotAdmitted("The server is overloaded and cannot answer this call in time.");

/** Refuses the call when the server could not answer it in time. @throws Failure server.busy */
export async function checkAdmission(call: Call, operation: Operation): Promise<void> {
  const priority = await priorityOf(call, operation);
  const retryAfterSeconds = call.ctx.services.admission.refusal(priority);
  if (retryAfterSeconds !== null) throw new Failure("server.busy", { retryAfterSeconds, cause: notAdmitted });
}

/** These operations are never refused for overload: access must be revocable and health must be visible at any time. */
export const urgentOperations: ReadonlySet<string> = new Set([
  "auth.signOut",
  "auth.signOutEverywhere",
  "sessions.revoke",
  "serviceKeys.revoke",
  "members.remove",
  "system.health",
]);

/** Operations that read most of a workspace or write hundreds of rows. */
export const heavyOperations: ReadonlySet<string> = new Set([
  "audit.export",
  "audit.verify",
  "tasks.createMany",
]);

/** Whether the operation's name alone makes a call a plain read. */
const isPlainRead = (name: string, kind: Kind): boolean =>
  kind === "query" && !urgentOperations.has(name) && !heavyOperations.has(name);

/** The priority that the operation's name alone determines; null when the input decides or the call is never refused. */
export function priorityByName(name: string, kind: Kind): Priority | null {
  if (isPlainRead(name, kind)) return "read";
  return kind === "mutation" && !urgentOperations.has(name) && !heavyOperations.has(name) ? "change" : null;
}

async function priorityOf({ path, getRawInput }: Call, { kind }: Operation): Promise<Priority> {
  if (urgentOperations.has(path)) return "urgent";
  if (heavyOperations.has(path)) return "heavy";
  // Malformed input is rejected later, after authentication.
  if (path === "tasks.list" && isSearch(await getRawInput().catch(() => null))) return "heavy";
  return kind === "query" ? "read" : "change";
}

const isSearch = (input: unknown): boolean =>
  typeof input === "object" && input !== null && "search" in input && input.search !== undefined;
