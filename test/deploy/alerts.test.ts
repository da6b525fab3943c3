// Each alert rule, evaluated by Prometheus' own test program: it fires with series that the server has, and not when it need not.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arrive, foundWorkspace, send, startTestServer } from "@projostack/api/testing";
import { describe, expect, it } from "vitest";
import { alertCases, type AlertCase, type Series } from "./alert-cases.ts";

const rulesFile = join(import.meta.dirname, "../../deploy/prometheus/alerts.yml");
const names = [...readFileSync(rulesFile, "utf8").matchAll(/^ +- alert: (\w+)$/gm)].map(
  ([, name = ""]) => name,
);
const cases = Object.entries(alertCases);
const hasPromtool = spawnSync("promtool", ["--version"], { stdio: "ignore" }).status === 0;
/** With CI=true the tests fail when Prometheus is missing. test/required-programs.ts says that it is missing. */
const isRun = hasPromtool || process.env["CI"] === "true";

it("each alert has a case", () => {
  expect(Object.keys(alertCases).toSorted()).toEqual(names.toSorted());
});

describe.runIf(isRun)("the alert rules", () => {
  it.each(["fires", "quiet"] as const)("each alert %s with the series of its case", (kind) => {
    const tests = cases.map(([name, one]) => testOf(name, one, kind));
    const { status, output } = runPromtool(tests);
    expect([status, output]).toEqual([0, expect.stringContaining("SUCCESS")]);
  });

  it("an alert that does not fire fails the test", () => {
    const [name = ""] = names;
    const { status, output } = runPromtool([
      testOf(name, { fires: { 'up{job="projostack"}': "1x120" }, quiet: {} }, "fires"),
    ]);
    expect([status, output]).toEqual([1, expect.stringContaining("FAILED")]);
  });
});

it("the series of the cases exist in the metrics of a server", async () => {
  const server = await startTestServer({ PROJO_METRICS_TOKEN: TOKEN });
  try {
    const ada = await arrive(server, "ada");
    const id = await foundWorkspace(ada);
    const project = await ada.call("projects.create", { name: "Looms" }, id);
    const task = await ada.call("tasks.create", { projectId: project.data.id, title: "Oil" }, id);
    await ada.call("tasks.list", { limit: 5 }, id);
    await ada.call("tasks.delete", { id: task.data.id }, id);
    const { text } = await send(`${server.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const real = new Set(text.split("\n").map((line) => identityOf(line.replace(/ \S+$/, ""))));
    const used = cases.flatMap(([, { fires, quiet }]) => [...Object.keys(fires), ...Object.keys(quiet)]);
    const missing = used.filter((series) => !series.startsWith("up{") && !real.has(identityOf(series)));
    expect([...new Set(missing)]).toEqual(ONLY_AFTER_AN_OUTAGE);
  } finally {
    await server.close();
  }
});

const TOKEN = "0123456789abcdef0123456789abcdef0123";

/** A server without an outage has no such series. Both labels are those of its other series. */
const ONLY_AFTER_AN_OUTAGE = [
  'projo_calls_total{operation="tasks.list",outcome="failed",reason="server.unavailable"}',
];

/** The name and the labels of a series, without those that Prometheus adds. */
function identityOf(series: string): string {
  const [, name = "", labels = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const own = labels.match(/\w+="[^"]*"/g)?.filter((label) => !/^(?:job|instance)=/.test(label)) ?? [];
  return `${name}{${own.toSorted().join(",")}}`;
}

/** A test of promtool: whether the alert has fired at any time within the half hour. */
function testOf(alert: string, one: AlertCase, kind: keyof AlertCase) {
  const firing = `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`;
  // Prometheus has another target, and all its series, in every case.
  const series: Series = { 'up{job="projostack",instance="127.0.0.1:14002"}': "1x120", ...one[kind] };
  return {
    name: `${alert} ${kind}`,
    interval: "15s",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: `max_over_time((${firing})[30m:15s])`,
        eval_time: "30m",
        exp_samples: [{ labels: "{}", value: kind === "fires" ? 1 : 0 }],
      },
    ],
  };
}

function runPromtool(tests: readonly object[]): { status: number | null; output: string } {
  const directory = mkdtempSync(join(tmpdir(), "projo-alerts-"));
  try {
    const file = join(directory, "test.yml");
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ rule_files: [rulesFile], evaluation_interval: "15s", tests }));
    const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
