// The only file that uses prom-client. Each metric is created from its definition. A registry belongs to one server: nothing
// is global.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { BUCKETS, metricDefinitions, type MetricName } from "./definitions.ts";

export type Labels = Readonly<Record<string, string>>;

export interface MetricRegistry {
  counter(name: MetricName): Counter;
  gauge(name: MetricName): Gauge;
  histogram(name: MetricName): Histogram;
  /** Reads the values that are known only when they are asked for. */
  onCollect(read: () => void): void;
  readonly contentType: string;
  /** The text that Prometheus reads. */
  text(): Promise<string>;
  /** Describes every metric, also those of the process and of Node.js. */
  describe(): { name: string; type: string; help: string }[];
}

export function createRegistry(): MetricRegistry {
  const registry = new Registry();
  const readers: (() => void)[] = [];
  collectDefaultMetrics({ register: registry });
  const created = new Map<MetricName, Counter | Gauge | Histogram>();
  for (const name of Object.keys(metricDefinitions) as MetricName[])
    created.set(name, create(name, registry));
  const of = <T>(name: MetricName, kind: new (...args: never[]) => T): T => {
    const metric = created.get(name);
    if (metric instanceof kind) return metric;
    throw new TypeError(`${name} is a ${metricDefinitions[name].type}.`);
  };
  return {
    counter: (name) => of(name, Counter),
    gauge: (name) => of(name, Gauge),
    histogram: (name) => of(name, Histogram),
    onCollect: (read) => void readers.push(read),
    contentType: registry.contentType,
    text: () => {
      for (const read of readers) read();
      return registry.metrics();
    },
    describe: () =>
      registry.getMetricsAsArray().map((metric) => {
        const { name, type, help } = metric as unknown as Record<"name" | "type" | "help", string>;
        return { name, type, help };
      }),
  };
}

function create(name: MetricName, registry: Registry): Counter | Gauge | Histogram {
  const { type, help, labels } = metricDefinitions[name];
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === "counter") return new Counter(options);
  return type === "gauge" ? new Gauge(options) : new Histogram({ ...options, buckets: [...BUCKETS] });
}
