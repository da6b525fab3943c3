// A connection of its own that asks PostgreSQL whether it answers, and which of the server's connections it works for.
import pg from "pg";
import type { PoolOptions } from "./pool-options.ts";

/**
 * - `working`: PostgreSQL answered, and works on a statement for these backends alone
 * - `answers`: something answered, but it does not tell for whom it works
 * - `silent`: nothing answered
 */
export type ProbeResult =
  | { readonly kind: "working"; readonly pids: ReadonlySet<number> }
  | { readonly kind: "answers" }
  | { readonly kind: "silent" };

export interface Probe {
  /** Never rejects. */
  readonly result: Promise<ProbeResult>;
  /** Ends the probe, whose result is `silent` if there is none yet. */
  cancel(): void;
}

/** @param pids the backends that the question is about */
export type StartProbe = (pids: readonly number[]) => Probe;

// A backend that waits for its client has answered already, or was never asked.
const WORKING = `
  SELECT pid FROM pg_stat_activity
   WHERE pid = ANY ($1::int[]) AND state NOT LIKE 'idle%' AND wait_event_type IS DISTINCT FROM 'Client'`;

export function probeOf({ target, pooled = false }: Pick<PoolOptions, "target" | "pooled">): StartProbe {
  return (pids) => {
    const client = new pg.Client({ ...target, application_name: "projostack probe" });
    client.on("error", () => {});
    const ask = async (): Promise<ProbeResult> => {
      await client.connect();
      // Behind a pooler the process ids are the pooler's own, and a statement would wait in its queue.
      if (pooled) return { kind: "answers" };
      const { rows } = await client.query<{ pid: number }>(WORKING, [pids]);
      return { kind: "working", pids: new Set(rows.map(({ pid }) => pid)) };
    };
    const close = () => client.connection.stream.destroy();
    return {
      result: ask().catch(resultOf).finally(close),
      cancel: close,
    };
  };
}

/** An error that PostgreSQL sent is an answer too: it has a severity, which an error of a socket has not. */
const resultOf = (error: unknown): ProbeResult =>
  typeof error === "object" && error !== null && "severity" in error
    ? { kind: "answers" }
    : { kind: "silent" };
