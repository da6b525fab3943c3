import { createRegistry } from "../../apps/api/src/observe/metrics/registry.ts";
import { metricDefinitions, type MetricDefinition } from "../../apps/api/src/observe/metrics/definitions.ts";
import type { Sections } from "./sections.ts";

/** The tables of all metrics: those of the server, and those that the client of Prometheus reads from the process. */
export function generateMetricsTable(): Readonly<Record<string, Sections>> {
  const own = Object.entries(metricDefinitions).map(([name, metric]: [string, MetricDefinition]) => {
    const labels = metric.labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${metric.type} | ${labels === "" ? "none" : labels} | ${metric.unit} | ${metric.help} |`;
  });
  const names: ReadonlySet<string> = new Set(Object.keys(metricDefinitions));
  const others = createRegistry()
    .describe()
    .filter(({ name }) => !names.has(name))
    .map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help.replace(/\.?$/, ".")} |`);
  return {
    "docs/operating/monitoring.md": {
      metrics: ["| metric | type | labels | unit | meaning |", "| - | - | - | - | - |", ...own].join("\n"),
      "metrics of the process": ["| metric | type | meaning |", "| - | - | - |", ...others].join("\n"),
    },
  };
}
