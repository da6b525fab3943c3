// The constant load of SDK clients, and what they saw.
import { createClient, type Fetch } from "@projostack/sdk";
import { randomOf } from "../random.ts";
import type { Attempt } from "./attempt.ts";
import { openLoadClient, type FailedCall, type Home, type LoadClient } from "./client.ts";
import { emptyLedger, type Ledger } from "./ledger.ts";
import { serviceFetch, watchedFetch, type Service } from "./watched-fetch.ts";

export interface Load {
  readonly homes: readonly Home[];
  readonly ledger: Ledger;
  /** All requests so far, in the order in which they ended. */
  readonly attempts: Attempt[];
  /** All calls that failed after the retries of the SDK. */
  readonly failedCalls: FailedCall[];
  start(): void;
  /** Waits for the calls under way. @throws Error if a client stopped for another reason than a failed call */
  stop(): Promise<void>;
  /** Repeats each change with an unknown outcome. @returns the number of those that failed again */
  settle(): Promise<number>;
}

interface LoadOptions {
  readonly service: Service;
  readonly seed: number;
  readonly clients: number;
  readonly pauseMs: number;
}

/** The clients of a workspace append to one audit log. */
const CLIENTS_PER_WORKSPACE = 2;

export async function openLoad({ service, seed, clients, pauseMs }: LoadOptions): Promise<Load> {
  const ledger = emptyLedger();
  const attempts: Attempt[] = [];
  const failedCalls: FailedCall[] = [];
  const { url } = service;
  const plainFetch = serviceFetch(service);
  const fetch = watchedFetch(plainFetch, (attempt) => attempts.push(attempt));
  const homes: Home[] = [];
  for (let n = 0; n * CLIENTS_PER_WORKSPACE < clients; n += 1)
    homes.push(await foundHome({ url, fetch: plainFetch }, n));
  const all: LoadClient[] = [];
  for (let n = 0; n < clients; n += 1) {
    const home = homes[Math.floor(n / CLIENTS_PER_WORKSPACE)];
    if (!home) throw new Error("There is no workspace for the client.");
    const name = `client ${n}`;
    const random = randomOf(seed, name);
    const failed = (call: FailedCall) => void failedCalls.push(call);
    all.push(await openLoadClient({ name, url, home, fetch, random, ledger, pauseMs, failed }));
  }
  attempts.length = 0;
  let over = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  return {
    homes,
    ledger,
    attempts,
    failedCalls,
    start: () => {
      over = new AbortController();
      running = Promise.all(all.map((client) => client.run(over.signal)));
      // `stop` reports it.
      running.catch(() => {});
    },
    stop: async () => {
      over.abort();
      await running;
    },
    settle: async () => {
      const results = await Promise.allSettled(ledger.unsettled.splice(0).map((repeat) => repeat()));
      return results.filter(({ status }) => status === "rejected").length;
    },
  };
}

async function foundHome(
  { url, fetch }: { readonly url: string; readonly fetch: Fetch },
  n: number,
): Promise<Home> {
  const client = createClient({ baseUrl: url, fetch });
  const account = { email: `drill-${n}@example.com`, password: `correct horse drill battery ${n}` };
  await client.auth.signUp(account);
  const { id: workspaceId } = await client.workspaces.create({ name: `Drill ${n}` });
  const { id: projectId } = await client.workspace(workspaceId).projects.create({ name: "Faults" });
  return { account, workspaceId, projectId };
}
