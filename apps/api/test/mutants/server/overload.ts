// What keeps a server useful that has more to do than it can, and one workspace from taking what all need.
import { createTask, place, timed, whilePoolIsFull, whileProjectIsLocked } from "../../overload/crowd.ts";
import { guard, type Attack, type Mutant } from "../mutant.ts";

/** Far above what any of these takes, and far below the two seconds for which a connection or a lock is waited for. */
const LONG_MS = 1_200;

const waitsForAFullPool: Attack = {
  says: "a change waits for connections although it is known that none comes free in time",
  tryOn: async (server) => {
    const other = await place(server);
    return whilePoolIsFull(server, async () => {
      for (let tries = 0; tries < 3; tries += 1) {
        const { status, ms } = await timed(() => createTask(other));
        if (status === 503 && ms < LONG_MS) return false;
      }
      return true;
    });
  },
};

const keepsFromSigningOut: Attack = {
  says: "nobody can sign out while several workspaces keep the database busy",
  tryOn: async (server) => {
    const people = [await place(server), await place(server), await place(server)];
    return whilePoolIsFull(server, async () => {
      // The connections come free in waves, as the locks are waited for: one of these would meet none.
      let isKept = false;
      for (const { admin } of people) {
        const { status, ms } = await timed(() => admin.call("auth.signOut", {}));
        isKept ||= status !== 200 || ms > LONG_MS;
      }
      return isKept;
    });
  },
};

const keepsAnotherWaiting: Attack = {
  says: "forty callers of one workspace keep another's changes waiting",
  tryOn: async (server) => {
    const [locked, other] = [await place(server), await place(server)];
    return whileProjectIsLocked(server, locked, async () => {
      const writers = Promise.all(Array.from({ length: 40 }, () => createTask(locked)));
      let isKept = false;
      for (let round = 0; round < 5; round += 1) {
        const { status, ms } = await timed(() => createTask(other));
        isKept ||= status !== 200 || ms > LONG_MS;
      }
      await writers;
      return isKept;
    });
  },
};

const holdsAConnection: Attack = {
  says: "a change that waits for a lock holds its connection for as long as a statement may take",
  tryOn: async (server) => {
    const locked = await place(server);
    const { ms } = await whileProjectIsLocked(server, locked, () => timed(() => createTask(locked)));
    return ms > 4_000;
  },
};

const admitted = guard("a call that could not be served in time is refused", "apps/api/src/rpc/layered.ts", [
  "await checkAdmission(call, operation);",
  "",
]);
const early = guard(
  "a single change that could not be served in time is refused before its context is made",
  "apps/api/src/fast-path/fast-path.ts",
  ["refuseEarly(services, calls, request.requestId) ?? answerCalls", "answerCalls"],
);
const urgent = guard("signing out is never refused", "apps/api/src/limits/admission/admission.ts", [
  'if (priority === "urgent") return null;',
  "",
]);
const fairTurns = "packages/db/src/pool/fair-queue.ts";
const reserved = guard("connections are left for the server's own work", fairTurns, [
  "this.#all.mayTake(owner, this.#reservedNow)",
  "this.#all.mayTake(owner, 0)",
]);
const share = guard("one workspace takes no more than three quarters of the connections", fairTurns, [
  "return left > 0 && held <= this.#ratio * left;",
  "return left > 0;",
]);
const lockTimeout = guard("a lock is waited for two seconds", "packages/db/src/pool/connection-settings.ts", [
  'lock_timeout: "2000",',
  "",
]);

export const overload: readonly Mutant[] = [
  { without: [admitted], works: [], refused: [waitsForAFullPool] },
  { without: [early], works: [], refused: [waitsForAFullPool] },
  { without: [admitted, early], works: [waitsForAFullPool] },
  { without: [urgent], works: [keepsFromSigningOut] },
  { without: [reserved], works: [keepsFromSigningOut] },
  { without: [share], works: [keepsAnotherWaiting] },
  { without: [lockTimeout], works: [holdsAConnection] },
];
