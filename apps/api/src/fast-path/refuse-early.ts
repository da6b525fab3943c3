// Refuses an ordinary call before a context is made for it. When there is too much to do, most of what a server does may be to
// refuse: that must cost next to nothing, or refusals take the time of those who are served.
import { errorShape } from "../rpc/error-shape.ts";
import { Failure } from "../rpc/failure.ts";
import { priorityByName, notAdmitted } from "../rpc/checks/check-admission.ts";
import type { Services } from "../rpc/services.ts";
import type { Calls } from "./answer-calls.ts";

export interface EarlyRefusal {
  readonly status: number;
  readonly retryAfterSeconds: number;
  readonly text: string;
}

/** @returns what to answer to a single call that could not be served in time, or null; a batch is refused call by call */
export function refuseEarly(
  { admission, refusals }: Services,
  calls: Calls,
  requestId: string,
): EarlyRefusal | null {
  const [name] = calls.names;
  const priority = calls.isBatch || name === undefined ? null : priorityByName(name, calls.type);
  if (name === undefined || priority === null) return null;
  const retryAfterSeconds = admission.refusal(priority);
  if (retryAfterSeconds === null) return null;
  refusals.note({ requestId, operation: name, reason: "server.busy", cause: notAdmitted });
  const { status, before, after } = bodyFor(retryAfterSeconds);
  return { status, retryAfterSeconds, text: `${before}${JSON.stringify(requestId)}${after}` };
}

interface Body {
  readonly status: number;
  readonly before: string;
  readonly after: string;
}

const bodies = new Map<number, Body>();
const PLACE = "the request id";

/** The same body as anywhere else, made once for each time to wait. */
function bodyFor(retryAfterSeconds: number): Body {
  let body = bodies.get(retryAfterSeconds);
  if (!body) {
    const error = errorShape(new Failure("server.busy", { retryAfterSeconds }), PLACE);
    const [before = "", after = ""] = JSON.stringify({ error }).split(JSON.stringify(PLACE));
    bodies.set(retryAfterSeconds, (body = { status: error.data.httpStatus, before, after }));
  }
  return body;
}
