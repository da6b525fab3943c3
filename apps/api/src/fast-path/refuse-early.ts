// Refuses an ordinary call before a context is created for it. During an overload most calls may be refused, so a refusal
// must cost almost nothing; otherwise refusals take time from the calls that are served.
import { errorShape } from "../rpc/failures/error-shape.ts";
import { Failure } from "../rpc/failures/failure.ts";
import { priorityByName, notAdmitted } from "../rpc/checks/check-admission.ts";
import { traceOf } from "../http/request-facts.ts";
import type { CallRequest } from "../http/shortcut.ts";
import type { Services } from "../rpc/services.ts";
import type { Calls } from "./answer-calls.ts";

export interface EarlyRefusal {
  readonly status: number;
  readonly retryAfterSeconds: number;
  readonly text: string;
}

/**
 * Refuses a single call that the server could not answer in time, or returns null. The calls of a batch are refused one by
 * one later.
 */
export function refuseEarly(
  { admission, refusals, observer }: Services,
  calls: Calls,
  { requestId, headers, record }: Pick<CallRequest, "requestId" | "headers" | "record">,
): EarlyRefusal | null {
  const [name] = calls.names;
  const priority = calls.isBatch || name === undefined ? null : priorityByName(name, calls.type);
  if (name === undefined || priority === null) return null;
  const retryAfterSeconds = admission.refusal(priority);
  if (retryAfterSeconds === null) return null;
  record.callStarted(name)?.("server.busy");
  record.callRefused("server.busy");
  observer.callEnded(name, "server.busy", 0);
  const trace = traceOf({ headers }, record);
  refusals.note({ requestId, ...trace, operation: name, reason: "server.busy", cause: notAdmitted });
  const { status, before, after } = bodyFor(retryAfterSeconds);
  return { status, retryAfterSeconds, text: `${before}${JSON.stringify(requestId)}${after}` };
}

interface Body {
  readonly status: number;
  readonly before: string;
  readonly after: string;
}

const bodies = new Map<number, Body>();
const PLACEHOLDER = "the request id";

/** The standard error body, created once per Retry-After value and split where the request id belongs. */
function bodyFor(retryAfterSeconds: number): Body {
  let body = bodies.get(retryAfterSeconds);
  if (!body) {
    const error = errorShape(new Failure("server.busy", { retryAfterSeconds }), PLACEHOLDER);
    const [before = "", after = ""] = JSON.stringify({ error }).split(JSON.stringify(PLACEHOLDER));
    bodies.set(retryAfterSeconds, (body = { status: error.data.httpStatus, before, after }));
  }
  return body;
}
