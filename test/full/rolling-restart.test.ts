// Three server processes behind HAProxy and nginx, restarted one after the other under load.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:https";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import {
  arrive,
  eventually,
  foundWorkspace,
  freePorts,
  hasBalancer,
  LONG_TEST_MS,
  noBalancer,
  startBalancer,
  startProgram,
  startTestServer,
  type Balancer,
  type TestServer,
} from "@projostack/api/testing";
import { createClient } from "@projostack/sdk";
import { createNodeFetch } from "@projostack/sdk/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const keys = { PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}` };

const missing = (["haproxy", "nginx"] as const).filter((name) => !hasBalancer(name));
const isRun = missing.length === 0 || process.env["CI"] === "true";
const why = isRun ? "" : ` (${missing.map(noBalancer).join(", ")})`;

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

describe.skipIf(!isRun)(`F13 a rolling restart${why}`, { timeout: LONG_TEST_MS }, () => {
  /** A server beside the three, which creates the user. */
  let first: TestServer;
  let directory: string;
  let ports: number[];
  let token: string;
  let workspaceId: string;
  let projectId: string;
  const balancers: Balancer[] = [];
  const running = new Map<number, Running>();

  async function start(port: number): Promise<void> {
    const child = startProgram(["serve"], {
      ...keys,
      DATABASE_URL: first.database.url,
      PORT: String(port),
      PROJO_DATA_DIR: join(directory, String(port)),
      PROJO_DRAIN_SECONDS: "5",
      PROJO_TRUSTED_PROXIES: "127.0.0.1",
      PROJO_LIMITS: "1000",
      PROJO_LOG_LEVEL: "warn",
      PROJO_WEB: "off",
    });
    child.stdout?.resume();
    child.stderr?.resume();
    running.set(port, {
      child,
      ended: once(child, "exit").then(([code, signal]: unknown[]) => code ?? signal),
    });
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually(isReady, 60);
  }

  /** Stops the server with SIGTERM. @returns its exit code and the time that it took */
  async function stop(port: number): Promise<{ code: unknown; ms: number }> {
    const server = running.get(port);
    const startedAt = performance.now();
    server?.child.kill("SIGTERM");
    const code = await server?.ended;
    return { code, ms: performance.now() - startedAt };
  }

  beforeAll(async () => {
    [first, directory, ports] = await Promise.all([
      startTestServer(keys),
      mkdtemp(join(tmpdir(), "projo-rolling-")),
      freePorts(3),
    ]);
    const ada = await arrive(first, "ada");
    workspaceId = await foundWorkspace(ada);
    token = ada.token;
    projectId = String((await ada.call("projects.create", { name: "Notes" }, workspaceId)).data.id);
    await Promise.all(ports.map(start));
    const addresses = ports.map((port) => `127.0.0.1:${port}`);
    for (const name of ["haproxy", "nginx"] as const) balancers.push(await startBalancer(name, addresses));
  });
  afterAll(async () => {
    await Promise.all(balancers.map((balancer) => balancer.close()));
    for (const { child } of running.values()) child.kill("SIGKILL");
    await first.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Creates a task, or lists tasks, without any repetition. */
  const send = (agent: Agent, url: string, task: object | null) =>
    new Promise<{ status: number; text: string }>((resolve) => {
      const sent = request(new URL(`/trpc/${task ? "tasks.create" : "tasks.list"}`, url), {
        agent,
        method: task ? "POST" : "GET",
        headers: {
          authorization: `Bearer ${token}`,
          "x-workspace-id": workspaceId,
          ...(task && { "content-type": "application/json" }),
        },
      });
      const fail = (error: unknown) => resolve({ status: 0, text: String(error) });
      sent.once("error", fail).once("response", (response) => {
        const status = response.statusCode ?? 0;
        text(response).then((body) => resolve({ status, text: body }), fail);
      });
      sent.end(task ? JSON.stringify(task) : undefined);
    });

  it("loses no call of the SDK, and of a plain client at most changes that a balancer must not repeat", async () => {
    const over = new AbortController();
    let calls = 0;
    const acknowledged: string[] = [];
    const failed: unknown[] = [];
    const notRepeated: string[] = [];

    const useSdk = async ({ url, ca }: Balancer, name: string) => {
      const client = createClient({ baseUrl: url, token, workspaceId, fetch: createNodeFetch({ ca }) });
      for (let call = 0; !over.signal.aborted; call += 1) {
        const title = `${name} ${call}`;
        const made =
          call % 2 === 0 ? client.tasks.create({ projectId, title }) : client.tasks.list({ limit: 5 });
        await made.then(
          () => call % 2 === 0 && acknowledged.push(title),
          (error: unknown) => failed.push([name, error]),
        );
        calls += 1;
        await delay(1);
      }
    };
    const usePlain = async ({ url, ca }: Balancer, name: string) => {
      const agent = new Agent({ ca, keepAlive: true, maxSockets: 1 });
      for (let call = 0; !over.signal.aborted; call += 1) {
        const isChange = call % 2 === 0;
        const title = `${name} ${call}`;
        const answer = await send(agent, url, isChange ? { projectId, title } : null);
        if (answer.status === 200) {
          if (isChange) acknowledged.push(title);
        } else if (isChange && answer.status === 502) notRepeated.push(title);
        else failed.push([name, isChange, answer]);
        calls += 1;
        await delay(1);
      }
      agent.destroy();
    };
    const callers = balancers.flatMap((balancer, nth) => [
      ...[1, 2, 3].map((one) => useSdk(balancer, `sdk ${nth} ${one}`)),
      ...[1, 2, 3].map((one) => usePlain(balancer, `plain ${nth} ${one}`)),
    ]);
    await delay(1_000);
    const stops: { code: unknown; ms: number }[] = [];
    for (const port of ports) {
      stops.push(await stop(port));
      await start(port);
      // HAProxy sends requests to a server one check after it is ready.
      await delay(1_500);
    }
    over.abort();
    await Promise.all(callers);

    expect(stops.map(({ code }) => code)).toEqual([0, 0, 0]);
    for (const { ms } of stops) expect(ms).toBeLessThan(15_000);
    expect(failed).toEqual([]);
    // A balancer that asks /readyz has no request at a server that closes. nginx does not ask.
    expect(notRepeated.filter((title) => title.startsWith("plain 0"))).toEqual([]);
    expect(notRepeated.length).toBeLessThanOrEqual(3);
    expect(calls).toBeGreaterThan(500);
    const rows = await first.database.owner("SELECT title, count(*)::int AS rows FROM tasks GROUP BY title");
    const rowsOf = new Map(rows.map(({ title, rows: many }) => [title, many]));
    expect(acknowledged.filter((title) => rowsOf.get(title) !== 1)).toEqual([]);
    expect([...rowsOf.values()].filter((many) => many !== 1)).toEqual([]);
    process.stderr.write(
      `${JSON.stringify({ calls, acknowledged: acknowledged.length, notRepeated, stops })}\n`,
    );
  });
});
