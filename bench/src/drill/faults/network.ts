// Faults of the network between PgBouncer and PostgreSQL.
import { setTimeout as delay } from "node:timers/promises";
import type { Cut } from "../stack/wire.ts";
import { repeated, type Fault, type Finding } from "./fault.ts";

const LONGEST_CUT_MS = 5_000;

const cutAt = (cut: Cut, name: string): Fault => ({
  name,
  title: `the connection is cut ${cut}`,
  expected: "no failed SDK call",
  failedCalls: "none",
  steps: repeated({ full: 10, quick: 2 }),
  strike: async ({ wire }): Promise<Finding[]> => {
    const isCut = await Promise.race([wire.cutNext(cut).then(() => true), delay(LONGEST_CUT_MS, false)]);
    return isCut ? [] : [{ text: "no COMMIT arrived", isMet: false }];
  },
});

export const cutBeforeCommit = cutAt("before COMMIT", "cut-before-commit");
export const cutAfterCommit = cutAt("after COMMIT", "cut-after-commit");

export const swallowed: Fault = {
  name: "swallowed",
  title: "the network drops all bytes for 6 s and keeps the connections open",
  expected: "",
  failedCalls: "refusals",
  steps: repeated({ full: 1, quick: 1 }),
  strike: async ({ wire }) => {
    wire.swallow(true);
    await delay(6_000);
    wire.swallow(false);
    return [];
  },
};

export const slow: Fault = {
  name: "slow-database",
  title: "each answer of PostgreSQL takes 300 ms longer, for 6 s",
  expected: "no failed SDK call",
  failedCalls: "none",
  steps: repeated({ full: 1, quick: 1 }),
  strike: async ({ wire }) => {
    wire.delayAnswers(300);
    await delay(6_000);
    wire.delayAnswers(0);
    return [];
  },
};
