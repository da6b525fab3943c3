// The drill's verdict about a row: each broken rule is reported.
import { describe, expect, it } from "vitest";
import type { Attempt } from "../../src/drill/load/attempt.ts";
import { serverKilled } from "../../src/drill/faults/servers.ts";
import { postgresKilled } from "../../src/drill/faults/database.ts";
import { judge, type Observed } from "../../src/drill/report/row.ts";

const attempt = (sentAt: number, more: Partial<Attempt> = {}): Attempt => ({
  sentAt,
  endedAt: sentAt + 10,
  status: 200,
  hasRetryAfter: false,
  path: "/trpc/tasks.list",
  ...more,
});
const refused = (sentAt: number) => attempt(sentAt, { status: 503, hasRetryAfter: true });

const good: Observed = {
  strikes: [{ beganAt: 1_000, endedAt: 1_000 }],
  attempts: [attempt(500), refused(1_100), attempt(1_500), attempt(2_000)],
  failedCalls: [],
  findings: [{ text: "exit 0", isMet: true }],
  writes: { acknowledged: 2, missing: [], doubled: [], refusedButDone: [] },
  chainProblems: [],
  contradictions: [],
  unsettled: 0,
};

describe("a row of the drill", () => {
  it("a row is met when every rule holds", () => {
    expect(judge(postgresKilled, good)).toMatchObject({ verdict: "met", problems: [] });
  });

  const { writes } = good;
  const broken: readonly [rule: string, observed: Partial<Observed>, problem: RegExp][] = [
    [
      "an acknowledged write is missing",
      { writes: { ...writes, missing: ["a"] } },
      /acknowledged and missing: a/,
    ],
    ["a write was done twice", { writes: { ...writes, doubled: ["a"] } }, /done twice: a/],
    ["a refused write was done", { writes: { ...writes, refusedButDone: ["a"] } }, /refused, and done: a/],
    ["a chain is broken", { chainProblems: ["edited"] }, /audit log: edited/],
    ["a caller saw a contradiction", { contradictions: ["gone"] }, /contradiction: gone/],
    ["a repetition failed", { unsettled: 1 }, /1 changes failed/],
    ["a finding is not met", { findings: [{ text: "exit 1", isMet: false }] }, /not met: exit 1/],
    [
      "a request took longer than 10 s",
      { attempts: [attempt(0, { endedAt: 10_001 }), attempt(10_100)] },
      /a request took 10\.0 s/,
    ],
    [
      "a request failed later than 5 s after the fault",
      { attempts: [attempt(1_100), refused(6_100), attempt(6_200)] },
      /the recovery took 5\.1 s/,
    ],
    [
      "nothing succeeds after the fault",
      { attempts: [attempt(100), refused(1_100)] },
      /the recovery took Infinity/,
    ],
    [
      "a refusal has no Retry-After",
      { attempts: [attempt(1_050, { status: 503 }), attempt(1_100)] },
      /1 refusals without Retry-After/,
    ],
    [
      "an answer is 500",
      { attempts: [attempt(1_050, { status: 500 }), attempt(1_100)] },
      /1 times 500 to \/trpc\/tasks\.list/,
    ],
  ];
  it.each(broken)("a row is missed when %s", (_rule, observed, problem) => {
    const row = judge(postgresKilled, { ...good, ...observed });
    expect(row.verdict).toBe("MISSED");
    expect(row.problems.join("\n")).toMatch(problem);
  });

  it("allows no failed SDK call when other servers take over", () => {
    const failedCalls = [{ operation: "tasks.get", at: 1_100, message: "busy" }];
    expect(judge(postgresKilled, { ...good, failedCalls }).verdict).toBe("met");
    expect(judge(serverKilled, { ...good, failedCalls }).verdict).toBe("MISSED");
  });

  it("measures the recovery after each strike", () => {
    const strikes = [
      { beganAt: 1_000, endedAt: 1_000 },
      { beganAt: 9_000, endedAt: 9_000 },
    ];
    const attempts = [attempt(1_100), refused(7_000), attempt(7_100), attempt(9_100), attempt(9_200)];
    expect(judge(postgresKilled, { ...good, strikes, attempts }).problems.join()).toMatch(
      /recovery took 6\.0 s/,
    );
  });
});
