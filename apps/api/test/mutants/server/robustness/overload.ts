// Mutants of the overload checks: admission, and the fair share of connections.
import { setTimeout as delay } from "node:timers/promises";
import {
  createTask,
  place,
  timed,
  whilePoolIsFull,
  whileProjectIsLocked,
} from "../../../overload/callers.ts";
import { team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Much longer than any of these calls takes, and much shorter than the 2 s wait for a connection or a lock. */
const LONG_MS = 1_200;
const SIGN_OUTS = 10;
const BETWEEN_SIGN_OUTS_MS = 250;

const waitsForFullPool: Attack = {
  title: "a mutation waits for a connection that cannot become free in time",
  tryOn: async (server) => {
    const other = await place(server);
    return whilePoolIsFull(server, async () => {
      // While a connection is free for a moment, a mutation is served, which says nothing.
      for (let [tries, slow] = [0, 0]; tries < 12 && slow < 4; tries += 1) {
        const { status, ms } = await timed(() => createTask(other));
        if (status === 503 && ms < LONG_MS) return false;
        if (status !== 200) slow += 1;
      }
      return true;
    });
  },
};

const blocksSignOut: Attack = {
  title: "users cannot sign out while several workspaces keep the database busy",
  tryOn: async (server) => {
    const people = await Promise.all(Array.from({ length: SIGN_OUTS }, () => place(server)));
    return whilePoolIsFull(server, async () => {
      // The waits for the locks end in groups, every two seconds, and then connections are free for a moment. The sign-outs
      // are spread over more than this period, so at least one of them starts just after such a moment.
      const timedSignOuts = people.map(async ({ admin }, index) => {
        await delay(index * BETWEEN_SIGN_OUTS_MS);
        return timed(() => admin.call("auth.signOut", {}));
      });
      const answers = await Promise.all(timedSignOuts);
      return answers.some(({ status, ms }) => status !== 200 || ms > LONG_MS);
    });
  },
};

const delaysOtherWorkspace: Attack = {
  title: "40 callers of one workspace delay the mutations of another",
  tryOn: async (server) => {
    const [locked, other] = [await place(server), await place(server)];
    return whileProjectIsLocked(server, locked, async () => {
      const writers = Promise.all(Array.from({ length: 40 }, () => createTask(locked)));
      let isDelayed = false;
      for (let round = 0; round < 5; round += 1) {
        const { status, ms } = await timed(() => createTask(other));
        isDelayed ||= status !== 200 || ms > LONG_MS;
      }
      await writers;
      return isDelayed;
    });
  },
};

const holdsConnection: Attack = {
  title: "a mutation that waits for a lock holds its connection until the statement timeout",
  tryOn: async (server) => {
    const locked = await place(server);
    const { ms } = await whileProjectIsLocked(server, locked, () => timed(() => createTask(locked)));
    return ms > 4_000;
  },
};

const runsUnlimited: Attack = {
  title: "a statement of a mutation has no time limit",
  tryOn: async (server) => {
    const { owner } = server.database;
    const { admin, id } = await team(server);
    await owner(`
      CREATE FUNCTION refuse_limited() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
          IF current_setting('statement_timeout') <> '0' THEN RAISE EXCEPTION 'it has a time limit'; END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER refuse_limited BEFORE INSERT ON projects
        FOR EACH ROW WHEN (NEW.name = 'Unlimited') EXECUTE FUNCTION refuse_limited()`);
    try {
      return (await admin.call("projects.create", { name: "Unlimited" }, id)).status === 200;
    } finally {
      await owner("DROP TRIGGER refuse_limited ON projects; DROP FUNCTION refuse_limited()");
    }
  },
};

const admission = guard(
  "a call that cannot be served in time is refused",
  "apps/api/src/rpc/procedure-builder.ts",
  ["await checkAdmission(call, operation);", ""],
);
const earlyAdmission = guard(
  "a single mutation that cannot be served in time is refused before its context is created",
  "apps/api/src/fast-path/fast-path.ts",
  ["refuseEarly(services, calls, request) ?? answerCalls", "answerCalls"],
);
const urgent = guard("signing out is never refused", "apps/api/src/limits/admission/admission.ts", [
  'if (priority === "urgent") return null;',
  "",
]);
const fairQueueFile = "packages/db/src/pool/fair-queue.ts";
const reserved = guard("some connections are reserved for the server's own work", fairQueueFile, [
  "this.#all.mayTake(owner, this.#reservedNow)",
  "this.#all.mayTake(owner, 0)",
]);
const share = guard("one workspace can use at most three quarters of the connections", fairQueueFile, [
  "return left > 0 && held <= this.#ratio * left;",
  "return left > 0;",
]);
const lockTimeout = guard(
  "the wait for a lock is limited to two seconds",
  "packages/db/src/login/server-settings.ts",
  ['lock_timeout: { value: "2000", shown: "2s" },', ""],
);

const statementTimeout = guard(
  "the time of a statement is limited to five seconds",
  "packages/db/src/login/server-settings.ts",
  ['statement_timeout: { value: "5000", shown: "5s" },', ""],
);

export const overload: readonly Mutant[] = [
  { removed: [admission], succeeds: [], stillBlocked: [waitsForFullPool] },
  { removed: [earlyAdmission], succeeds: [], stillBlocked: [waitsForFullPool] },
  { removed: [admission, earlyAdmission], succeeds: [waitsForFullPool] },
  { removed: [urgent], succeeds: [blocksSignOut] },
  { removed: [reserved], succeeds: [blocksSignOut] },
  { removed: [share], succeeds: [delaysOtherWorkspace] },
  { removed: [lockTimeout], succeeds: [holdsConnection] },
  { removed: [statementTimeout], succeeds: [runsUnlimited] },
];
