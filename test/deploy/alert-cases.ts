// For each alert: series with which it fires, and series of a healthy or briefly disturbed deployment with which it does not. The
// values have the notation of promtool, with a sample each 15 seconds: `0x4 1+3x40` is five times 0, then 1, 4, 7 and so on.

export type Series = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly fires: Series;
  readonly quiet: Series;
}

const unavailable = (cause: string) => `projo_unavailable_total{cause="${cause}"}`;
const events = (event: string) => `projo_security_events_total{event="${event}"}`;
const bucket = (name: string, le: string, labels = "") => `${name}_bucket{${labels}le="${le}"}`;
const listed = 'operation="tasks.list",outcome="ok",';
const own = (name: string) => `${name}{job="projostack",instance="127.0.0.1:14001"}`;

/** A few refusals between two samples, and none before or after. */
const burst = "0x20 12x100";
/** Refusals until the end. */
const lasting = "0x20 1+3x100";

export const alertCases: Readonly<Record<string, AlertCase>> = {
  ProjoServerDown: {
    fires: { [own("up")]: "1x20 0x100" },
    quiet: { [own("up")]: "1x20 0x2 1x100" },
  },
  ProjoServerRestarts: {
    fires: { [own("process_start_time_seconds")]: "100x10 200x10 300x10 400x100" },
    // A restart of each server, as in an upgrade.
    quiet: { [own("process_start_time_seconds")]: "100x10 200x100" },
  },
  ProjoDatabaseDown: {
    fires: { projo_database_unreachable: "0x20 1x100" },
    quiet: { projo_database_unreachable: "0x20 1 0x100" },
  },
  ProjoDatabaseRefusesCalls: {
    fires: { [unavailable("protocol_violation")]: lasting },
    quiet: { [unavailable("connection_reset")]: burst },
  },
  ProjoDatabaseLogin: {
    fires: { [unavailable("invalid_password")]: lasting },
    quiet: { [unavailable("invalid_password")]: burst },
  },
  ProjoTooManyConnections: {
    fires: { [unavailable("too_many_connections")]: lasting },
    quiet: { [unavailable("too_many_connections")]: burst },
  },
  ProjoPrimaryMoved: {
    fires: { [unavailable("read_only_sql_transaction")]: lasting },
    // A failover after which the servers found the primary.
    quiet: { [unavailable("read_only_sql_transaction")]: burst },
  },
  ProjoDiskFull: {
    fires: { [unavailable("disk_full")]: burst },
    quiet: { [unavailable("disk_full")]: "0x120" },
  },
  ProjoRedisDown: {
    fires: { projo_redis_unreachable: "0x20 1x100", projo_limit_fallbacks_total: "0x120" },
    quiet: { projo_redis_unreachable: "0x120", projo_limit_fallbacks_total: burst },
  },
  ProjoReplicaNotUsed: {
    fires: { 'projo_replica_unusable{problem="behind"}': "0x20 1x100" },
    // It is behind for a moment, again and again.
    quiet: { 'projo_replica_unusable{problem="behind"}': "0x20 1x2 0x20 1x2 0x20 1x2 0x50" },
  },
  ProjoServerErrors: {
    fires: {
      'projo_calls_total{operation="tasks.list",outcome="failed",reason="server.internal"}': "0x20 1x100",
    },
    quiet: { 'projo_calls_total{operation="tasks.list",outcome="ok",reason="none"}': "0+5x120" },
  },
  ProjoFailedCalls: {
    fires: {
      'projo_calls_total{operation="tasks.list",outcome="failed",reason="server.unavailable"}': lasting,
      'projo_calls_total{operation="tasks.list",outcome="ok",reason="none"}': "0+50x120",
    },
    // One failed call in an hour without other calls.
    quiet: {
      'projo_calls_total{operation="tasks.list",outcome="failed",reason="server.unavailable"}': "0x20 1x100",
      'projo_calls_total{operation="tasks.list",outcome="ok",reason="none"}': "0x20 1x100",
    },
  },
  ProjoSlowCalls: {
    fires: {
      [bucket("projo_call_seconds", "1", listed)]: "0+98x120",
      [bucket("projo_call_seconds", "2.5", listed)]: "0+100x120",
      [bucket("projo_call_seconds", "+Inf", listed)]: "0+100x120",
    },
    // One slow call while few are made.
    quiet: {
      [bucket("projo_call_seconds", "1", listed)]: "0x20 3x100",
      [bucket("projo_call_seconds", "2.5", listed)]: "0x20 4x100",
      [bucket("projo_call_seconds", "+Inf", listed)]: "0x20 4x100",
    },
  },
  ProjoOverload: {
    fires: { 'projo_admission_refused_total{priority="heavy"}': lasting },
    quiet: { 'projo_admission_refused_total{priority="heavy"}': "0x20 60x100" },
  },
  ProjoEventLoopDelay: {
    fires: { projo_event_loop_delay_seconds: "0.01x20 0.5x100" },
    quiet: { projo_event_loop_delay_seconds: "0.01x20 0.5x4 0.01x100" },
  },
  ProjoConnectionsExhausted: {
    fires: { projo_database_wait_seconds: "0x120", projo_shared_delay_seconds: "0x20 0.4x100" },
    quiet: { projo_database_wait_seconds: "0x20 0.4x4 0x100", projo_shared_delay_seconds: "0x120" },
  },
  ProjoSlowAudit: {
    fires: {
      [bucket("projo_audit_append_seconds", "0.5")]: "0x120",
      [bucket("projo_audit_append_seconds", "1")]: "0+5x120",
      [bucket("projo_audit_append_seconds", "+Inf")]: "0+5x120",
    },
    quiet: {
      [bucket("projo_audit_append_seconds", "0.5")]: "0+5x120",
      [bucket("projo_audit_append_seconds", "1")]: "0+5x120",
      [bucket("projo_audit_append_seconds", "+Inf")]: "0+5x120",
    },
  },
  ProjoPasswordHashingBusy: {
    fires: { projo_password_hashing_refused_total: lasting },
    quiet: { projo_password_hashing_refused_total: "0x20 60x100" },
  },
  ProjoFileDescriptors: {
    fires: { [own("process_open_fds")]: "100x20 900x100", [own("process_max_fds")]: "1024x120" },
    quiet: { [own("process_open_fds")]: "100x120", [own("process_max_fds")]: "1024x120" },
  },
  ProjoMemoryGrows: {
    fires: { [own("process_resident_memory_bytes")]: "150e6x20 700e6x100" },
    quiet: { [own("process_resident_memory_bytes")]: "150e6x120" },
  },
  ProjoLoudTenant: {
    fires: { 'projo_budget_refused_total{scope="workspace"}': "0x20 30+30x100" },
    quiet: { 'projo_budget_refused_total{scope="workspace"}': "0x20 30x100" },
  },
  ProjoMailDead: {
    fires: { 'projo_mail_attempts_total{result="dead"}': "0x20 1x100" },
    quiet: { 'projo_mail_attempts_total{result="sent"}': "0+1x120" },
  },
  ProjoMailDelayed: {
    fires: { projo_mail_oldest_pending_seconds: "0+15x120" },
    quiet: { projo_mail_oldest_pending_seconds: "0+15x50 0x70" },
  },
  ProjoMailNotCounted: {
    // The time begins at 0.
    fires: { projo_mail_counted_timestamp_seconds: "0+15x20 300x100" },
    quiet: { projo_mail_counted_timestamp_seconds: "0+15x120" },
  },
  ProjoTokensReused: {
    fires: { [events("token.reused")]: "0x20 8x100" },
    quiet: { [events("token.reused")]: "0x20 2x100" },
  },
  ProjoCredentialsRefused: {
    fires: { [events("password.refused")]: "0x20 100+100x100" },
    quiet: { [events("password.refused")]: "0+15x120" },
  },
};
