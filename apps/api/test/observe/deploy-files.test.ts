// The alert rules, the dashboard and the pages for operators: each metric exists on a real server, and each alert names a
// section of a page.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { metricDefinitions } from "../../src/observe/metrics/definitions.ts";
import { METRICS_TOKEN, readMetrics } from "./metrics-kit.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const incidents = "docs/operating/incidents";
const pages = readdirSync(join(root, incidents))
  .filter((name) => name !== "README.md")
  .map((name) => `${incidents}/${name}`);

let server: TestServer;
/** The names of the metrics, from the TYPE lines. */
let names: ReadonlySet<string>;
beforeAll(async () => {
  server = await startTestServer({ PROJO_METRICS_TOKEN: METRICS_TOKEN });
  const types = (await readMetrics(server)).matchAll(/^# TYPE (\S+) /gm);
  names = new Set([...types].map(([, name = ""]) => name));
});
afterAll(() => server.close());

/** The names of metrics in a text that do not exist. A histogram has three series. */
function unknownMetrics(text: string): string[] {
  const used = [...text.matchAll(/\b(?:projo|process|nodejs)_[a-z\d_]*[a-z\d]\b(?!\*)/g)].map(
    ([name]) => name,
  );
  return [...new Set(used)].filter((name) => !exists(name) && !LOGINS.has(name));
}

const exists = (name: string): boolean =>
  names.has(name) || names.has(name.replace(/_(?:bucket|sum|count)$/, ""));

/** Names of database roles and of a database, which look like metrics. */
const LOGINS = new Set([
  "projo_server",
  "projo_tenant",
  "projo_system",
  "projo_operator",
  "projo_operations",
  "projo_owner",
  "projo_backup",
  "projo_dump",
  "projo_damaged",
]);

describe("the metrics that are named", () => {
  it.each([
    "deploy/prometheus/alerts.yml",
    "deploy/grafana/dashboards/projostack.json",
    "docs/operating/monitoring.md",
    ...pages,
  ])("in %s exist on a real server", (path) => {
    expect(unknownMetrics(read(path))).toEqual([]);
  });

  it("a metric that does not exist is found", () => {
    expect(unknownMetrics("rate(projo_cals_total[5m]) + projo_call_seconds_bucket")).toEqual([
      "projo_cals_total",
    ]);
  });

  it("every metric of the server has a panel or an alert, and a line in the table", () => {
    const shown = read("deploy/grafana/dashboards/projostack.json") + read("deploy/prometheus/alerts.yml");
    const described = read("docs/operating/monitoring.md");
    const own = Object.keys(metricDefinitions);
    expect(own.filter((name) => !names.has(name))).toEqual([]);
    expect(own.filter((name) => !shown.includes(name))).toEqual([]);
    expect([...names].filter((name) => !described.includes(`\`${name}\``))).toEqual([]);
  });
});

describe("the alerts", () => {
  const rules = read("deploy/prometheus/alerts.yml")
    .split(/^ +- alert: /m)
    .slice(1);

  it.each(rules.map((rule) => [nameOf(rule), rule]))(
    "%s names a section of an incident page",
    (name, rule) => {
      const [, page = "", section = ""] = /^ +runbook: (docs\/[\w/.-]+)#([\w-]+)$/m.exec(rule) ?? [];
      expect(pages).toContain(page);
      const headings = [...read(page).matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
      expect(headings).toContain(section);
      expect(read(page)).toContain(`\`${name}\``);
      expect(rule).toMatch(/^ +severity: (?:page|ticket)$/m);
    },
  );

  it("an incident page names only alerts that exist", () => {
    const existing = new Set(rules.map(nameOf));
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/`(Projo[A-Z]\w+)`/g)].map(([, name = ""]) => name),
    );
    expect(named.filter((name) => !existing.has(name))).toEqual([]);
  });
});

const nameOf = (rule: string): string => /^\w+/.exec(rule)?.[0] ?? "";

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .replaceAll(/\s/g, "-");

it.each(pages)(
  "%s says what callers see, how it is noticed, how to confirm the recovery, and how to prevent it",
  (page) => {
    const headings = [...read(page).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    for (const heading of ["What callers see", "How it is noticed", "Confirm the recovery", "Prevention"])
      expect(headings).toContain(heading);
  },
);
