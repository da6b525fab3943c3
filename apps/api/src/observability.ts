// The metrics and traces of a server. Their libraries are loaded only when they are configured.
import type { Db } from "@projostack/db";
import type { Config } from "./config/settings.ts";
import type { AppOptions } from "./http/app.ts";
import { startMailBacklog } from "./jobs/mail-backlog.ts";
import type { Admission } from "./limits/admission/admission.ts";
import type { LoopDelay } from "./limits/admission/loop-delay.ts";
import type { Limiter } from "./limits/limiter/limiter.ts";
import type { Argon2Gate } from "./identity/passwords/argon2-gate.ts";
import { ownCauses } from "./limits/refusal-log.ts";
import type { Metrics, ServerState } from "./observe/metrics/metrics.ts";
import { startMetricsServer, type MetricsServer } from "./observe/metrics/metrics-server.ts";
import { silentObserver, type Observer } from "./observe/observer.ts";
import type { Tracer } from "./observe/tracing/tracer.ts";
import { securityEvents } from "./rpc/checks/security-events.ts";
import type { Clock } from "./runtime/clock.ts";
import type { DatabaseEvents } from "./runtime/database.ts";
import type { Log } from "./runtime/log.ts";
import type { Repeated } from "./runtime/repeat.ts";

export interface Observability {
  readonly observer: Observer;
  /** Counts the events of the database's connections; undefined when metrics are off. */
  readonly databaseEvents: DatabaseEvents | undefined;
  /** Null when traces are off. */
  readonly tracer: Tracer | null;
  /** The route /metrics of the server's own port; undefined without a token. */
  readonly route: AppOptions["metrics"];
  /** Adds the values of the server's parts to the metrics, and counts the mails in the outbox. */
  watch(parts: WatchedParts): void;
  /** Serves /metrics on its own port. @returns the URL, or null without PROJO_METRICS_PORT */
  listen(): Promise<string | null>;
  /** Ends the job that uses the database. */
  stopJobs(): Promise<void>;
  /** Sends the last traces and closes the port. */
  close(): Promise<void>;
}

/** The parts of a server whose state the metrics show. */
export interface WatchedParts {
  readonly db: Db;
  readonly loop: Pick<LoopDelay, "ms">;
  readonly admission: Pick<Admission, "statistics">;
  readonly gate: Pick<Argon2Gate, "statistics">;
  readonly limiter: Pick<Limiter, "statistics" | "shared">;
}

interface ObservabilityDeps {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

export async function openObservability(config: Config, deps: ObservabilityDeps): Promise<Observability> {
  const { metricsAddress, metricsToken: token } = config;
  const metrics = await openMetrics(config, deps);
  const observer = metrics?.observer ?? silentObserver;
  const tracer = await openTracer(config, deps);
  let server: MetricsServer | null = null;
  let backlog: Repeated | null = null;
  return {
    observer,
    databaseEvents: metrics?.observer,
    tracer,
    route: metrics && token !== null ? { source: metrics, token } : undefined,
    watch: (parts) => {
      if (!metrics) return;
      metrics.watch(stateOf(parts));
      backlog = startMailBacklog({ store: parts.db.mail, observer, ...deps });
    },
    listen: async () => {
      if (!metrics || !metricsAddress) return null;
      server = await startMetricsServer(metrics, metricsAddress);
      return server.url;
    },
    stopJobs: async () => backlog?.stop(),
    close: async () => {
      await tracer?.stop();
      await server?.close();
    },
  };
}

const stateOf = ({ db, loop, admission, gate, limiter }: WatchedParts): ServerState => ({
  pool: () => db.poolState(),
  load: () => db.load(),
  replica: () => db.replicaState(),
  loopDelayMs: () => loop.ms,
  admission: () => admission.statistics(),
  hashing: () => gate.statistics(),
  limiter: () => limiter.statistics(),
  redis: () => limiter.shared?.statistics() ?? null,
});

async function openMetrics(
  { metricsAddress, metricsToken }: Config,
  { version }: ObservabilityDeps,
): Promise<Metrics | null> {
  if (metricsAddress === null && metricsToken === null) return null;
  const { createMetrics } = await import("./observe/metrics/metrics.ts");
  return createMetrics(version, { causes: ownCauses, securityEvents: Object.keys(securityEvents) });
}

async function openTracer({ tracing }: Config, { log, version }: ObservabilityDeps): Promise<Tracer | null> {
  if (tracing === null) return null;
  const { openOtlpTracer } = await import("./observe/tracing/otlp-tracer.ts");
  return openOtlpTracer({ ...tracing, version, log });
}
