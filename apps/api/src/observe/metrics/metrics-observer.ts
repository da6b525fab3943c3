// Counts the events of a server. The values of labels come from closed lists: of operations, reasons, causes and events. A
// series whose increase is an alert begins at 0 at the start of the server, because Prometheus sees no increase in the first
// value of a series.
import { operations, reasons, type Reason } from "@projostack/contract";
import { conditionNames, replicaOutcomes, resendCauses } from "@projostack/db";
import type { Observer } from "../observer.ts";
import type { MetricRegistry } from "./registry.ts";

/** The lists that the layers above define. */
export interface LabelValues {
  /** The causes of a 503 that are not conditions of the database. */
  readonly causes: readonly string[];
  readonly securityEvents: readonly string[];
}

export function metricsObserver(registry: MetricRegistry, values: LabelValues): Observer {
  const calls = registry.counter("projo_calls_total");
  const callSeconds = registry.histogram("projo_call_seconds");
  const requests = registry.counter("projo_http_requests_total");
  const unavailable = registry.counter("projo_unavailable_total");
  const events = registry.counter("projo_security_events_total");
  const decisions = registry.counter("projo_limit_decisions_total");
  const budgets = registry.counter("projo_budget_refused_total");
  const mails = registry.counter("projo_mail_attempts_total");
  const messages = registry.histogram("projo_database_message_seconds");
  const resends = registry.counter("projo_shared_resends_total");
  const replicaReads = registry.counter("projo_replica_reads_total");
  const appends = registry.histogram("projo_audit_append_seconds");
  const outage = registry.gauge("projo_database_unreachable");
  const pending = registry.gauge("projo_mail_pending");
  const dead = registry.gauge("projo_mail_dead");
  const oldest = registry.gauge("projo_mail_oldest_pending_seconds");
  const countedAt = registry.gauge("projo_mail_counted_timestamp_seconds");
  const causes = new Set([...conditionNames(), ...values.causes]);
  for (const { name: operation } of operations) {
    calls.inc({ operation, outcome: "ok", reason: "none" }, 0);
    calls.inc({ operation, outcome: "failed", reason: "server.internal" }, 0);
  }
  for (const cause of [...causes, OTHER]) unavailable.inc({ cause }, 0);
  for (const event of values.securityEvents) events.inc({ event }, 0);
  for (const scope of ["account", "workspace"]) budgets.inc({ scope }, 0);
  for (const result of ["sent", "retried", "dead"]) mails.inc({ result }, 0);
  for (const cause of resendCauses) resends.inc({ cause }, 0);
  for (const outcome of replicaOutcomes) replicaReads.inc({ outcome }, 0);
  return {
    callEnded: (operation, reason, milliseconds) => {
      const outcome = outcomeOf(reason);
      calls.inc({ operation, outcome, reason: reason ?? "none" });
      callSeconds.observe({ operation, outcome }, milliseconds / 1_000);
    },
    requestAnswered: (status) => requests.inc({ status: String(status) }),
    refusedUnavailable: (cause) => unavailable.inc({ cause: causes.has(cause) ? cause : OTHER }),
    limitDecided: (operation, isRefused) =>
      decisions.inc({ operation, decision: isRefused ? "refused" : "granted" }),
    budgetRefused: (scope) => budgets.inc({ scope }),
    securityEvent: (event) => events.inc({ event }),
    mailAttempted: (result) => mails.inc({ result }),
    mailCounted: (backlog) => {
      pending.set(backlog.pending);
      dead.set(backlog.dead);
      oldest.set(backlog.oldestPendingSeconds);
      countedAt.setToCurrentTime();
    },
    databaseOutage: (isUnreachable) => outage.set(isUnreachable ? 1 : 0),
    messageAnswered: (connection, milliseconds) => messages.observe({ connection }, milliseconds / 1_000),
    readResent: (cause) => resends.inc({ cause }),
    replicaRead: (outcome) => replicaReads.inc({ outcome }),
    auditAppended: (milliseconds) => appends.observe(milliseconds / 1_000),
  };
}

/** A cause that is on no list. */
const OTHER = "other";

const FAILED_CODES: ReadonlySet<string> = new Set(["INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"]);

function outcomeOf(reason: Reason | null): "ok" | "refused" | "failed" {
  if (reason === null) return "ok";
  return FAILED_CODES.has(reasons[reason][0]) ? "failed" : "refused";
}
