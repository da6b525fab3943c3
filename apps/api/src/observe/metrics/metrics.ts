// The metrics of a server: an observer that counts events, and values that are read when Prometheus asks for them.
import { replicaProblems, type DatabaseLoad, type PoolSize, type ReplicaState } from "@projostack/db";
import type { Observer } from "../observer.ts";
import { metricsObserver, type LabelValues } from "./metrics-observer.ts";
import { createRegistry, type Labels } from "./registry.ts";
import type { MetricName } from "./definitions.ts";

/** The state of the server's parts. Each value is read from memory. */
export interface ServerState {
  readonly pool: () => PoolSize;
  readonly load: () => DatabaseLoad;
  /** Null without a replica. */
  readonly replica: () => ReplicaState | null;
  /** The sustained delay of the event loop, in ms. */
  readonly loopDelayMs: () => number;
  /** The calls that were refused for overload, by priority. */
  readonly admission: () => Readonly<Record<string, number>>;
  readonly hashing: () => { readonly running: number; readonly waiting: number; readonly refused: number };
  readonly limiter: () => Readonly<Record<string, { readonly evicted: number }>>;
  /** Null without Redis. */
  readonly redis: () => { readonly isUnreachable: boolean; readonly failures: number } | null;
}

export interface Metrics {
  readonly observer: Observer;
  readonly contentType: string;
  /** Adds the values of the server's parts. */
  watch(state: ServerState): void;
  /** The text that Prometheus reads. */
  text(): Promise<string>;
}

export function createMetrics(version: string, values: LabelValues): Metrics {
  const registry = createRegistry();
  registry.gauge("projo_build_info").set({ version }, 1);
  const set = (name: MetricName, value: number) => registry.gauge(name).set(value);
  const setPool = (target: "primary" | "replica", { total, idle, waiting, most }: PoolSize) => {
    registry.gauge("projo_database_connections").set({ target }, total);
    registry.gauge("projo_database_connections_idle").set({ target }, idle);
    registry.gauge("projo_database_connections_max").set({ target }, most);
    registry.gauge("projo_database_waiting").set({ target }, waiting);
  };
  /** Sets a counter to a number that another part counts. */
  const count = (name: MetricName, label: string | null, counts: Readonly<Record<string, number>>) => {
    const counter = registry.counter(name);
    counter.reset();
    for (const [value, number] of Object.entries(counts)) {
      const labels: Labels = label === null ? {} : { [label]: value };
      counter.inc(labels, number);
    }
  };
  set("projo_database_unreachable", 0);
  return {
    observer: metricsObserver(registry, values),
    contentType: registry.contentType,
    watch: ({ pool, load, replica, loopDelayMs, admission, hashing, limiter, redis }) =>
      registry.onCollect(() => {
        setPool("primary", pool());
        const standby = replica();
        if (standby) setPool("replica", standby.pool);
        for (const problem of replicaProblems)
          registry.gauge("projo_replica_unusable").set({ problem }, problem === standby?.problem ? 1 : 0);
        const { delayMs, poolDelayMs, sharedWaiting } = load();
        set("projo_database_wait_seconds", poolDelayMs / 1_000);
        set("projo_shared_waiting", sharedWaiting);
        set("projo_shared_delay_seconds", delayMs / 1_000);
        set("projo_event_loop_delay_seconds", loopDelayMs() / 1_000);
        count("projo_admission_refused_total", "priority", admission());
        const { running, waiting: waitingForHash, refused } = hashing();
        set("projo_password_hashing_running", running);
        set("projo_password_hashing_waiting", waitingForHash);
        count("projo_password_hashing_refused_total", null, { refused });
        const evictions = Object.entries(limiter()).map(([store, { evicted }]) => [store, evicted] as const);
        count("projo_limit_evictions_total", "store", Object.fromEntries(evictions));
        const shared = redis();
        set("projo_redis_unreachable", shared?.isUnreachable ? 1 : 0);
        count("projo_limit_fallbacks_total", null, { failures: shared?.failures ?? 0 });
      }),
    text: () => registry.text(),
  };
}
