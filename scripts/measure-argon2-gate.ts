/**
 * Measures how a flood of sign-ins affects other callers: the latency of /livez and auth.me on an idle server, and during
 * sign-ins with a wrong password at the rate at which the server answers them. It starts a server with the embedded
 * PostgreSQL and needs no build. The server inherits the environment: PROJO_ARGON2_PARALLEL=100 shows the effect without
 * a limit on concurrent hashes.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const FLOODERS = Number(process.argv[2] ?? 100);
const PROBES = 500;
const root = dirname(import.meta.dirname);

const dataDir = await mkdtemp(join(tmpdir(), "projo-measure-"));
const nodeOptions = ["--conditions=@projostack/source", "--import", "tsx"];
const server = spawn(process.execPath, [...nodeOptions, join(root, "apps/server/src/main.ts"), "serve"], {
  cwd: root,
  // High rate limits, because the script measures the limit on concurrent hashes.
  env: {
    PROJO_LOG_LEVEL: "error",
    PROJO_LIMITS: "1000",
    ...process.env,
    PORT: "0",
    PROJO_DATA_DIR: dataDir,
  },
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = once(server, "exit");
try {
  await measure(await listening());
} finally {
  server.kill("SIGTERM");
  await ended;
  await rm(dataDir, { recursive: true, force: true });
}

async function listening(): Promise<string> {
  for await (const line of createInterface({ input: server.stdout })) {
    const [, url] = /listens on (\S+)/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("The server did not start.");
}

async function measure(url: string): Promise<void> {
  const credentials = { email: "flooded@example.com", password: "correct horse battery staple" };
  const signedUp = await post(url, "auth.signUp", credentials);
  if (signedUp.status !== 200) throw new Error(`auth.signUp returned ${signedUp.status}.`);
  const { result } = (await signedUp.json()) as { result: { data: { accessToken: string } } };
  const authorization = `Bearer ${result.data.accessToken}`;
  const live = () => fetch(`${url}/livez`);
  const read = () => fetch(`${url}/trpc/auth.me`, { headers: { authorization } });
  await probe(live, 100);
  await probe(read, 100);

  const idle = { live: await probe(live), read: await probe(read) };
  const flood = startFlood(() => post(url, "auth.signIn", { ...credentials, password: "another password" }));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const flooded = { live: await probe(live), read: await probe(read) };
  const { seconds, statuses } = await flood.stop();

  console.log(
    `${availableParallelism()} cores; ${FLOODERS} clients sign in continuously; ${PROBES} probes each\n`,
  );
  for (const kind of ["live", "read"] as const) {
    const name = kind === "live" ? "/livez " : "auth.me";
    for (const [state, latencies] of Object.entries({ idle, flooded })) {
      const { p50, p99, max } = latencies[kind];
      console.log(`${name} ${state.padEnd(8)} p50 ${ms(p50)}  p99 ${ms(p99)}  max ${ms(max)}`);
    }
  }
  const summary = [...statuses].map(([status, count]) => `${count} x ${status}`).join(", ");
  console.log(`\nsign-ins in ${seconds.toFixed(1)} s: ${summary}`);
}

/** Sends requests one after the other. @returns their latencies in milliseconds */
async function probe(request: () => Promise<Response>, times = PROBES) {
  const latencies: number[] = [];
  for (let count = 0; count < times; count += 1) {
    const startedAt = performance.now();
    const response = await request();
    await response.arrayBuffer();
    latencies.push(performance.now() - startedAt);
    if (!response.ok) throw new Error(`A probe returned ${response.status}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function startFlood(request: () => Promise<Response>) {
  const startedAt = performance.now();
  const statuses = new Map<number, number>();
  const flood = { isStopped: false };
  const flooders = Array.from({ length: FLOODERS }, async () => {
    while (!flood.isStopped) {
      const response = await request();
      await response.arrayBuffer();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      // Shorter than Retry-After, which a hostile client ignores.
      if (response.status === 503) await new Promise((resolve) => setTimeout(resolve, 250));
    }
  });
  const stop = async () => {
    flood.isStopped = true;
    await Promise.all(flooders);
    return { seconds: (performance.now() - startedAt) / 1000, statuses };
  };
  return { stop };
}

function post(url: string, operation: string, input: unknown): Promise<Response> {
  return fetch(`${url}/trpc/${operation}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
  });
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(7)} ms`;
}
