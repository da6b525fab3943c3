// Logs each call that was refused with 503: the operation, the cause and the state of the connection pool. During an outage
// there may be thousands a second, so only the first ten of each second get a line, and one line counts the rest.
import { DatabaseBusy, DatabaseDown, type PoolState } from "@projostack/db";
import { HashingBusy } from "../identity/passwords/argon2-gate.ts";
import { silentObserver, type Observer } from "../observe/observer.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";

export interface Refusal {
  readonly requestId: string;
  /** The id of the caller's distributed trace. */
  readonly traceId?: string | undefined;
  /** The called operation, or the path when the operation is not known. */
  readonly operation: string;
  /** The reason in the response. */
  readonly reason: string;
  /** The thrown error. */
  readonly cause: unknown;
}

export interface RefusalLog {
  note(refusal: Refusal): void;
  /** Writes the pending count and stops. */
  stop(): void;
}

export interface RefusalLogOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly poolState: () => PoolState;
  readonly observer?: Pick<Observer, "refusedUnavailable">;
}

/** The causes that are not conditions of the database. */
export const ownCauses = [
  "overload",
  "call_deadline",
  "password_hashing_busy",
  "server.busy",
  "server.unavailable",
] as const;

const LINES_PER_SECOND = 10;
const SECOND_MS = 1_000;

export function createRefusalLog({
  log,
  clock,
  poolState,
  observer = silentObserver,
}: RefusalLogOptions): RefusalLog {
  const stopping = new AbortController();
  let written = 0;
  let leftOut: Record<string, number> = {};
  let isCounting = false;

  const closeSecond = () => {
    const many = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
    if (many > 0)
      log.warn(
        { many, byCause: leftOut, pool: poolState() },
        "more calls were refused with 503 in this second",
      );
    written = 0;
    leftOut = {};
    isCounting = false;
  };
  return {
    note: ({ requestId, traceId, operation, reason, cause }) => {
      if (!isCounting) {
        isCounting = true;
        void clock.pause(SECOND_MS, stopping.signal).then(closeSecond);
      }
      const { name, code } = causeOf(cause, reason);
      observer.refusedUnavailable(name);
      if (written >= LINES_PER_SECOND) {
        leftOut[name] = (leftOut[name] ?? 0) + 1;
        return;
      }
      written += 1;
      const trace = traceId === undefined ? {} : { traceId };
      const facts = { requestId, operation, reason, cause: name, code, pool: poolState(), ...trace };
      log.warn(facts, "a call was refused with 503");
    },
    stop: () => {
      stopping.abort();
      closeSecond();
    },
  };
}

interface Cause {
  /** The stable name of the cause. docs/operations.md lists the names. */
  readonly name: string;
  /** The SQLSTATE or errno, or null when there is none. */
  readonly code: string | null;
}

function causeOf(cause: unknown, reason: string): Cause {
  if (cause instanceof DatabaseBusy || cause instanceof DatabaseDown) {
    const { name, code } = cause.condition;
    return { name, code: code === "none" ? null : code };
  }
  if (cause instanceof HashingBusy) return { name: "password_hashing_busy", code: null };
  if (cause instanceof Error && "refusal" in cause) return { name: String(cause.refusal), code: null };
  return { name: reason, code: null };
}
