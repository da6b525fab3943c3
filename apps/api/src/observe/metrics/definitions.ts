// Every metric of the server: its name, type, labels, meaning and unit. docs/operating/monitoring.md is generated from it.
// The values of every label come from closed lists in the source, so their number does not depend on callers.

export interface MetricDefinition {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly unit: string;
  readonly labels: readonly string[];
}

const counter = (help: string, labels: readonly string[] = [], unit = "number") =>
  ({ type: "counter", help, unit, labels }) as const;
const gauge = (help: string, unit: string, labels: readonly string[] = []) =>
  ({ type: "gauge", help, unit, labels }) as const;
const seconds = (help: string, labels: readonly string[] = []) =>
  ({ type: "histogram", help, unit: "seconds", labels }) as const;

export const metricDefinitions = {
  projo_build_info: gauge("The version of the server. The value is always 1.", "none", ["version"]),
  projo_calls_total: counter(
    "Calls of operations. The outcome is ok, refused (status 4xx) or failed (5xx). The reason of a successful call is none.",
    ["operation", "outcome", "reason"],
  ),
  projo_call_seconds: seconds("The time of a call from its admission to its result.", [
    "operation",
    "outcome",
  ]),
  projo_http_requests_total: counter("Answered HTTP requests of every kind.", ["status"]),
  projo_unavailable_total: counter(
    "Calls and checks of readiness that were refused with 503. docs/operations.md lists the causes.",
    ["cause"],
  ),
  projo_security_events_total: counter("Security events. docs/security-events.md lists them.", ["event"]),
  projo_database_connections: gauge(
    "Open connections to the database. The target is primary or replica.",
    "number",
    ["target"],
  ),
  projo_database_connections_idle: gauge("Open connections that are not in use.", "number", ["target"]),
  projo_database_connections_max: gauge(
    "The most connections that may be open (PROJO_DATABASE_POOL, PROJO_DATABASE_REPLICA_POOL).",
    "number",
    ["target"],
  ),
  projo_database_waiting: gauge("Callers that wait for a connection.", "number", ["target"]),
  projo_database_wait_seconds: gauge("The expected wait of a new caller for a connection.", "seconds"),
  projo_database_unreachable: gauge(
    "1 while the database does not answer, or a pooler cannot reach it, otherwise 0.",
    "boolean",
  ),
  projo_database_message_seconds: seconds(
    "The time from a message to the database to its answer, on a connection that reads share (shared) or that one call holds (own), or to the replica (replica).",
    ["connection"],
  ),
  projo_shared_waiting: gauge("Reads on shared connections that are not answered.", "number"),
  projo_shared_delay_seconds: gauge(
    "How much longer reads on shared connections take than the fastest recent ones.",
    "seconds",
  ),
  projo_shared_resends_total: counter(
    "Reads on shared connections that were sent again: after a wait for a lock, after the connection was abandoned, or because their statement was not prepared.",
    ["cause"],
  ),
  projo_replica_reads_total: counter(
    "Statements that were sent to the read replica. Unless the outcome is answered, the primary answered them.",
    ["outcome"],
  ),
  projo_replica_unusable: gauge(
    "1 for the problem for which the read replica answers no reads, otherwise 0, also without a replica.",
    "boolean",
    ["problem"],
  ),
  projo_audit_append_seconds: seconds(
    "The time of the message that appends audit entries and commits the change.",
  ),
  projo_admission_refused_total: counter("Calls that were refused because the server was overloaded.", [
    "priority",
  ]),
  projo_password_hashing_running: gauge("Passwords that are being hashed.", "number"),
  projo_password_hashing_waiting: gauge("Callers that wait for the hashing of a password.", "number"),
  projo_password_hashing_refused_total: counter(
    "Callers that were refused because too many waited for the hashing of a password.",
  ),
  projo_limit_decisions_total: counter(
    "Attempts of operations with rate limits. The decision is granted or refused.",
    ["operation", "decision"],
  ),
  projo_limit_fallbacks_total: counter(
    "Queries to Redis that failed. The limit was then counted in this process alone.",
  ),
  projo_limit_evictions_total: counter("Counts that were dropped from memory before they expired.", [
    "store",
  ]),
  projo_redis_unreachable: gauge(
    "1 while Redis does not answer, otherwise 0. Also 0 without REDIS_URL.",
    "boolean",
  ),
  projo_budget_refused_total: counter(
    "Calls that were refused by the budget of an account or of a workspace.",
    ["scope"],
  ),
  projo_mail_attempts_total: counter("Attempts to send a mail. A retried mail is sent again later.", [
    "result",
  ]),
  projo_mail_pending: gauge(
    "Mails in the outbox that are not sent yet. Every server reports the same outbox.",
    "number",
  ),
  projo_mail_dead: gauge("Mails that are not sent again, of the last 30 days.", "number"),
  projo_mail_oldest_pending_seconds: gauge("The age of the oldest mail that is not sent yet.", "seconds"),
  projo_mail_counted_timestamp_seconds: gauge("When the outbox was last counted, in Unix time.", "seconds"),
  projo_event_loop_delay_seconds: gauge(
    "The sustained delay of the event loop: the shortest of its last four samples, by which calls are admitted.",
    "seconds",
  ),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricDefinitions;

/** The upper bounds of the buckets of every histogram, in seconds. */
export const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
