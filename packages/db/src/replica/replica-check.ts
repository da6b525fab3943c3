// Checks at intervals whether the replica can answer reads. A read that fails makes the replica unusable, and only a check makes
// it usable again.
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { DatabaseBusy, DatabaseDown, failureOf } from "../connection/failures.ts";
import { UnsafeLogin } from "../login/check-login.ts";
import { REPLICA_STATE_SQL, stateValues } from "../scope/replica-state-sql.ts";
import { runInScope } from "../scope/run-statement.ts";
import type { ReadPosition } from "../scope/scope.ts";
import type { PoolSource } from "../scope/scoped-connection.ts";
import { readPosition } from "./read-position.ts";
import type { ReplicaChange, ReplicaProblem } from "./replica-state.ts";

interface CheckParts {
  readonly primary: PoolSource;
  readonly source: PoolSource;
  readonly maxLagMs: number;
  readonly checkLogin: () => Promise<void>;
  readonly isUsable: () => boolean;
  readonly report: (change: ReplicaChange) => void;
}

/** The pause between two checks. */
const EVERY_MS = 1_000;
/** The replica is silent if a check takes longer, apart from the time to catch up. */
const LONGEST_MS = 1_000;

export class ReplicaCheck {
  readonly #parts: CheckParts;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(parts: CheckParts) {
    this.#parts = parts;
    void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    const change = await this.#change();
    if (this.#isStopped) return;
    if (change) this.#parts.report(change);
    this.#timer = setTimeout(() => void this.#run(), EVERY_MS).unref();
  }

  /** @returns null when nothing changed, or when the primary did not tell its position */
  async #change(): Promise<ReplicaChange | null> {
    const { primary, source, maxLagMs, checkLogin, isUsable } = this.#parts;
    const wasUsable = isUsable();
    const position = await readPosition(primary).catch(() => null);
    if (!position) return null;
    const late = new AbortController();
    const check = async (): Promise<ReplicaChange> => {
      if (!wasUsable) await checkLogin();
      return { problem: await problemOf(source, position, maxLagMs) };
    };
    const silent = async (): Promise<ReplicaChange> => {
      await delay(LONGEST_MS + maxLagMs, undefined, { signal: late.signal });
      // After the event loop was busy, this lets it read an answer that has arrived.
      await setImmediate();
      return { problem: "silent" };
    };
    const waiting = silent();
    waiting.catch(() => {});
    const checking = check().catch((error: unknown) => {
      // A busy replica stays usable: each read finds out for itself.
      return wasUsable && failureOf(error) instanceof DatabaseBusy ? { problem: null } : changeOf(error);
    });
    const change = await Promise.race([checking, waiting]);
    late.abort();
    return change.problem === null && wasUsable ? null : change;
  }
}

function changeOf(error: unknown): ReplicaChange {
  if (error instanceof UnsafeLogin) return { problem: "unsafe_login", error };
  return { problem: "unreachable", error: failureOf(error) };
}

/** Compares a replica with its primary once. @returns null when the replica can answer reads */
export async function replicaProblem({
  primary,
  replica,
  maxLagMs,
}: {
  readonly primary: pg.Pool;
  readonly replica: pg.Pool;
  readonly maxLagMs: number;
}): Promise<ReplicaProblem | null> {
  const position = await readPosition(unnamed(primary));
  return problemOf(unnamed(replica), position, maxLagMs);
}

/** Either may be behind a pooler, so no statement stays prepared. */
const unnamed = (pool: pg.Pool): PoolSource => ({ connect: () => pool.connect(), pooled: true });

const STATE = { name: "projo_replica_state", text: `SELECT ${REPLICA_STATE_SQL} AS state` };

/** Waits until the replica has reached the position, or the time limit has passed. */
async function problemOf(
  source: PoolSource,
  position: ReadPosition,
  maxLagMs: number,
): Promise<ReplicaProblem | null> {
  const startedAt = performance.now();
  for (let pauseMs = 1; ; pauseMs *= 2) {
    const [answer] = await runInScope(
      source,
      { kind: "system" },
      [{ ...STATE, values: stateValues(position) }],
      // The check does not wait behind searches.
      { shared: source.shared?.rows },
    );
    const [row] = (answer?.rows ?? []) as { state: ReplicaProblem | "current" }[];
    if (!row) throw new DatabaseDown("The replica did not return its state.");
    if (row.state === "current") return null;
    const leftMs = startedAt + maxLagMs - performance.now();
    if (row.state !== "behind" || leftMs <= 0) return row.state;
    await delay(Math.min(pauseMs, leftMs));
  }
}
