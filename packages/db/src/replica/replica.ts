// A streaming standby that answers reads in place of the primary. It answers a read only if it has replayed everything that the
// primary had committed when the read began, so its answer is as current as that of the primary. When it is behind it gets a
// short time to catch up. After that, and after any failure, the primary answers: no failure of the replica reaches a caller.
//
// A statement is sent in one message with the check and the entry of its workspace. On a replica that is not suitable the
// message enters no workspace, so row-level security returns no rows, and the rows are not used.
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseBusy, DatabaseDown } from "../connection/failures.ts";
import type { ReplicaOutcome } from "../connection/observers.ts";
import type { PreparedStatement, StatementResult } from "../connection/one-trip.ts";
import { singleMessageSetup } from "../scope/enter-sql.ts";
import { runInOneTrip } from "../scope/run-statement.ts";
import { queuePlaceOf, type ReadPosition, type ReadScope } from "../scope/scope.ts";
import type { PoolSource } from "../scope/scoped-connection.ts";
import type { StatementWeight } from "../scope/statements.ts";
import type { ReplicaStatements } from "../scope/transaction.ts";
import { readPosition } from "./read-position.ts";
import { ReplicaCheck } from "./replica-check.ts";
import { ReportedChanges } from "./reported-changes.ts";
import type { ReplicaChange, ReplicaProblem, ReplicaState } from "./replica-state.ts";

export interface ReplicaParts {
  /** The connections to the primary, for its position. */
  readonly primary: PoolSource;
  /** The connections to the replica. */
  readonly source: PoolSource;
  /** How long a read waits for the replica to catch up, in ms. */
  readonly maxLagMs: number;
  /** Checks that the login of the replica's address is safe. */
  readonly checkLogin: () => Promise<void>;
  readonly poolSize: () => ReplicaState["pool"];
  readonly onChange: (change: ReplicaChange) => void;
}

/** After this time without an answer of the replica the primary gets the statement. Statements on the replica take 2 s at most. */
const LONGEST_MS = 2_500;

export class Replica {
  readonly #parts: ReplicaParts;
  readonly #check: ReplicaCheck;
  readonly #changes: ReportedChanges;
  #problem: ReplicaProblem | null = "not_checked";

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.#changes = new ReportedChanges(parts.onChange);
    this.#check = new ReplicaCheck({
      ...parts,
      isUsable: () => this.isUsable,
      report: (change) => this.#set(change),
    });
  }

  /** Whether reads may be sent to the replica. */
  get isUsable(): boolean {
    return this.#problem === null;
  }

  state(): ReplicaState {
    return { problem: this.#problem, pool: this.#parts.poolSize() };
  }

  /**
   * @param source the connections of the call to the primary, with the observers of the call
   * @param position the position of the primary at the beginning of the call; without it, it is read first
   */
  statementsIn(
    workspaceId: string,
    { source, position }: { readonly source: PoolSource; readonly position: ReadPosition | undefined },
  ): ReplicaStatements {
    let known = position;
    return {
      run: async (statement, weight) => {
        if (!this.isUsable) return null;
        try {
          known ??= await readPosition(source);
        } catch {
          // The primary cannot tell its position, so it answers the statement, or fails with the error.
          return null;
        }
        const scope = { kind: "read", workspaceId, position: known } as const;
        return this.#run(scope, statement, { weight, messages: source.messages });
      },
    };
  }

  stop(): void {
    this.#check.stop();
  }

  async #run(
    scope: ReadScope,
    statement: PreparedStatement,
    options: SendOptions,
  ): Promise<StatementResult | null> {
    const answer = await withinTimeLimit(
      this.#answer(scope, statement, options).catch((error: unknown) => this.#failed(error)),
      () => {
        this.#set({ problem: "silent" });
        return "failed" as const;
      },
    );
    const isAnswer = typeof answer === "object";
    this.#parts.source.observer?.replicaRead(isAnswer ? "answered" : answer);
    return isAnswer ? answer : null;
  }

  /** Repeats the statement until the replica has caught up. */
  async #answer(
    scope: ReadScope,
    statement: PreparedStatement,
    options: SendOptions,
  ): Promise<StatementResult | ReplicaOutcome> {
    const startedAt = performance.now();
    for (let pauseMs = 1; this.isUsable; pauseMs *= 2) {
      const { state, result } = await this.#send(scope, statement, options);
      if (state === "current") return result;
      const leftMs = startedAt + this.#parts.maxLagMs - performance.now();
      if (state !== "behind" || leftMs <= 0) {
        this.#set({ problem: state });
        return state === "behind" ? "behind" : "failed";
      }
      await delay(Math.min(pauseMs, leftMs));
    }
    return "failed";
  }

  async #send(
    scope: ReadScope,
    statement: PreparedStatement,
    { weight, messages }: SendOptions,
  ): Promise<Sent> {
    const source = { ...this.#parts.source, messages };
    const entry = singleMessageSetup(scope, source);
    const { isQuick = false, isHeavy = false } = weight;
    const answers = await runInOneTrip(source, [...entry, statement], {
      place: { ...queuePlaceOf(scope), isHeavy },
      shared: isQuick ? source.shared?.rows : undefined,
    });
    const result = answers.at(-1);
    const [entered] = (answers.at(-2)?.rows ?? []) as { entered: string; state: Sent["state"] }[];
    if (!entered || !result) throw new Error("The replica did not return its state.");
    if (entered.entered !== scope.workspaceId && entered.state === "current")
      throw new Error("The replica entered another workspace.");
    return { state: entered.state, result };
  }

  #failed(error: unknown): ReplicaOutcome {
    if (error instanceof DatabaseDown) this.#set({ problem: "unreachable", error });
    if (!(error instanceof DatabaseBusy)) return "failed";
    return CANCELED.has(error.condition.code) ? "canceled" : "busy";
  }

  #set(change: ReplicaChange): void {
    this.#problem = change.problem;
    this.#changes.add(change);
  }
}

interface SendOptions {
  readonly weight: StatementWeight;
  readonly messages: PoolSource["messages"];
}

interface Sent {
  readonly state:
    | "current"
    | Extract<ReplicaProblem, "behind" | "not_standby" | "another_database" | "other_timeline">;
  readonly result: StatementResult;
}

/** A conflict with the replay of a change is 40001 or 40P01, a time limit 57014, and a lock that is held too long 55P03. */
const CANCELED: ReadonlySet<string> = new Set(["40001", "40P01", "57014", "55P03"]);

function withinTimeLimit<T>(work: Promise<T>, whenLate: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    let isDone = false;
    const end = () => {
      if (!isDone) resolve(whenLate());
    };
    // After the event loop was busy, `setImmediate` lets it read an answer that has arrived.
    const late = setTimeout(() => setImmediate(end), LONGEST_MS);
    void work.then(resolve, reject).finally(() => {
      isDone = true;
      clearTimeout(late);
    });
  });
}
