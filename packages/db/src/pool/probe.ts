// Opens a separate connection to check that PostgreSQL answers and to ask which backends of the server are working.
import { openClient } from "../login/with-owner.ts";
import type { PoolOptions } from "./pool-options.ts";

/**
 * - `working`: PostgreSQL answered; only the backends with these process ids are working on a statement
 * - `answers`: PostgreSQL or a pooler answered, but not which backends are working
 * - `silent`: no answer arrived
 */
export type ProbeResult =
  | { readonly kind: "working"; readonly pids: ReadonlySet<number> }
  | { readonly kind: "answers" }
  | { readonly kind: "silent" };

export interface Probe {
  /** This promise never rejects. */
  readonly result: Promise<ProbeResult>;
  /** Ends the probe. Without a result so far, the result is `silent`. */
  cancel(): void;
}

/** @param pids the process ids of the backends to ask about */
export type StartProbe = (pids: readonly number[]) => Probe;

// A backend that waits for its client has sent its answer, or has received no statement.
const WORKING = `
  SELECT pid FROM pg_stat_activity
   WHERE pid = ANY ($1::int[]) AND state NOT LIKE 'idle%' AND wait_event_type IS DISTINCT FROM 'Client'`;

export function probeOf({ target, pooled = false }: Pick<PoolOptions, "target" | "pooled">): StartProbe {
  return (pids) => {
    const client = openClient(target, "projostack probe");
    const ask = async (): Promise<ProbeResult> => {
      await client.connect();
      // Behind a pooler the process ids are not PostgreSQL's, and the query would wait in the pooler's queue.
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

/** An error that PostgreSQL sent is an answer too. It has a severity; a socket error does not. */
const resultOf = (error: unknown): ProbeResult =>
  typeof error === "object" && error !== null && "severity" in error
    ? { kind: "answers" }
    : { kind: "silent" };
