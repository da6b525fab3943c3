/**
 * Measures what a flood of sign-ins does to everybody else: how long /livez and a read of one's own session take while
 * the server is idle, and while sign-ins with a wrong password come as fast as it answers them. It starts a server of
 * its own on the embedded PostgreSQL, and needs no build. The environment goes to that server: with
 * PROJO_ARGON2_PARALLEL=100 it shows what an open gate would do.
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
const server = spawn(process.execPath, [...nodeOptions, join(root, "apps/api/src/main.ts")], {
  cwd: root,
  // No limit stands before the gate, which is what is measured.
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
  if (signedUp.status !== 200) throw new Error(`auth.signUp answered ${signedUp.status}.`);
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
    `${availableParallelism()} cores; ${FLOODERS} clients sign in without pause; ${PROBES} probes each\n`,
  );
  for (const kind of ["live", "read"] as const) {
    const name = kind === "live" ? "/livez " : "auth.me";
    for (const [state, of] of Object.entries({ idle, flooded })) {
      const { p50, p99, most } = of[kind];
      console.log(`${name} ${state.padEnd(8)} p50 ${ms(p50)}  p99 ${ms(p99)}  most ${ms(most)}`);
    }
  }
  const answered = [...statuses].map(([status, count]) => `${count} x ${status}`).join(", ");
  console.log(`\nsign-ins in ${seconds.toFixed(1)} s: ${answered}`);
}

/** Calls one after the other, and says how long they took. */
async function probe(request: () => Promise<Response>, times = PROBES) {
  const took: number[] = [];
  for (let count = 0; count < times; count += 1) {
    const began = performance.now();
    const response = await request();
    await response.arrayBuffer();
    took.push(performance.now() - began);
    if (!response.ok) throw new Error(`A probe was answered with ${response.status}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  took.sort((a, b) => a - b);
  const at = (share: number) =>
    took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

function startFlood(request: () => Promise<Response>) {
  const began = performance.now();
  const statuses = new Map<number, number>();
  const flood = { isOver: false };
  const flooders = Array.from({ length: FLOODERS }, async () => {
    while (!flood.isOver) {
      const response = await request();
      await response.arrayBuffer();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      // As long as a well-meaning client would not wait, and a hostile one need not.
      if (response.status === 503) await new Promise((resolve) => setTimeout(resolve, 250));
    }
  });
  const stop = async () => {
    flood.isOver = true;
    await Promise.all(flooders);
    return { seconds: (performance.now() - began) / 1000, statuses };
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
