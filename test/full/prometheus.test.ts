// A real Prometheus reads a real server under traffic: its configuration and its rules are valid, and each query of the
// dashboard returns data.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import {
  arrive,
  call,
  eventually,
  foundWorkspace,
  startTestServer,
  type TestServer,
} from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const hasPrometheus = ["prometheus", "promtool"].every(
  (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0,
);
/** With CI=true the tests fail when Prometheus is missing. test/required-programs.ts says that it is missing. */
const mustRun = process.env["CI"] === "true";

describe.runIf(hasPrometheus || mustRun)("Prometheus", () => {
  let directory: string;
  let server: TestServer;
  let prometheus: ChildProcess;
  let url: string;
  const stopped = new AbortController();
  let traffic: Promise<void>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "projo-prometheus-"));
    await cp(join(root, "deploy/prometheus"), directory, { recursive: true });
    const metricsPort = await freePort();
    server = await startTestServer({ PROJO_METRICS_PORT: String(metricsPort) });
    traffic = callUntil(server, stopped.signal);
    await writeFile(join(directory, "targets.yml"), `- targets: ["127.0.0.1:${metricsPort}"]\n`);
    const config = await readFile(join(directory, "prometheus.yml"), "utf8");
    // Fifteen seconds between two reads are too long for a test.
    const quick = config
      .replaceAll("_interval: 15s", "_interval: 1s")
      .replace("scrape_timeout: 5s", "scrape_timeout: 1s");
    if (quick === config) throw new Error("The configuration has other intervals.");
    await writeFile(join(directory, "prometheus.yml"), quick);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    prometheus = spawn(
      "prometheus",
      [
        `--config.file=${join(directory, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(directory, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: "ignore" },
    );
    // Enough reads for the rate over the last 20 seconds.
    await eventually(async () => ((await query("count_over_time(projo_build_info[1m])"))[0] ?? 0) >= 8, 60);
  });
  afterAll(async () => {
    stopped.abort();
    await traffic;
    const ended = once(prometheus, "exit");
    prometheus.kill("SIGKILL");
    await ended;
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** @returns the values of a query now; an empty list when Prometheus has no data, or does not answer yet */
  async function query(expression: string): Promise<number[]> {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`).catch(
      () => null,
    );
    // Prometheus answers 503 until it has started.
    if (answer === null || answer.status === 503) return [];
    const { data, error } = (await answer.json()) as {
      data?: { result: readonly { value: readonly [number, string] }[] };
      error?: string;
    };
    if (error !== undefined) throw new Error(`${expression}: ${error}`);
    return (data?.result ?? []).map(({ value: [, value] }) => Number(value));
  }

  it("accepts the configuration and the alert rules", () => {
    for (const [kind, file] of [
      ["config", "prometheus.yml"],
      ["rules", "alerts.yml"],
    ] as const) {
      const { status, stdout, stderr } = spawnSync(
        "promtool",
        ["check", kind, join(root, "deploy/prometheus", file)],
        {
          encoding: "utf8",
        },
      );
      expect([status, stdout + stderr]).toEqual([0, expect.stringContaining("SUCCESS")]);
    }
  });

  it("finds no problem in the metrics of the server", async () => {
    const [target = ""] = (await readFile(join(directory, "targets.yml"), "utf8")).match(/127[\d.:]+/) ?? [];
    const text = await (await fetch(`http://${target}/metrics`)).text();
    const own = text.split("\n").filter((line) => /^(?:# \w+ )?projo_/.test(line));
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input: `${own.join("\n")}\n`,
      encoding: "utf8",
    });
    expect([status, stdout + stderr]).toEqual([0, ""]);
  });

  it("returns data for each query of the dashboard", async () => {
    const dashboard = await readFile(join(root, "deploy/grafana/dashboards/projostack.json"), "utf8");
    const expressions = [...dashboard.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, text = ""]) =>
      String(JSON.parse(text)),
    );
    expect(expressions.length).toBeGreaterThan(40);
    const empty: string[] = [];
    for (const expression of expressions) {
      const asked = expression
        .replaceAll("$__rate_interval", "20s")
        .replaceAll("$job", "projostack")
        .replaceAll("$instance", ".*");
      const values = await query(asked);
      if (!values.some(Number.isFinite)) empty.push(expression);
    }
    expect(empty).toEqual([]);
  });

  it("evaluates each alert rule, and none fires on a healthy server", async () => {
    const rules = await eventually(async () => {
      const { data } = (await (await fetch(`${url}/api/v1/rules`)).json()) as {
        data: { groups: { rules: { name: string; state: string; health: string; lastError?: string }[] }[] };
      };
      const all = data.groups.flatMap((group) => group.rules);
      return all.length > 0 && all.every(({ health }) => health !== "unknown") && all;
    }, 30);
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
    expect(rules.filter(({ state }) => state === "firing").map(({ name }) => name)).toEqual([]);
  });
});

/** Makes calls of several kinds until it is stopped, with refusals, audit entries and mails. */
async function callUntil(server: TestServer, stop: AbortSignal): Promise<void> {
  const ada = await arrive(server, "ada");
  const id = await foundWorkspace(ada);
  const project = await ada.call("projects.create", { name: "Looms" }, id);
  while (!stop.aborted) {
    const task = await ada.call("tasks.create", { projectId: project.data.id, title: "Oil the loom" }, id);
    await Promise.all([
      ada.call("tasks.get", { id: task.data.id }, id),
      ada.call("tasks.list", { limit: 5 }, id),
      ada.call("tasks.get", { id: "0195a2c4-7d1e-7c3a-9d5e-2f1b6c8a9e10" }, id),
      call(server.url, "auth.signIn", { input: { email: ada.email, password: "wrong-password-of-ada" } }),
    ]);
    await ada.call("tasks.delete", { id: task.data.id }, id);
    await delay(100);
  }
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}
