// Decides about one row of the table.
import { isFailure, isRefusal, type Attempt } from "../load/attempt.ts";
import type { WritesCheck } from "../load/check-writes.ts";
import type { FailedCall } from "../load/client.ts";
import type { Fault, Finding } from "../faults/fault.ts";

/** The time of a strike: `performance.now()` at its begin, and when its cause ended. */
export interface Strike {
  readonly beganAt: number;
  readonly endedAt: number;
}

export interface Observed {
  readonly strikes: readonly Strike[];
  readonly attempts: readonly Attempt[];
  readonly failedCalls: readonly FailedCall[];
  readonly findings: readonly Finding[];
  readonly writes: WritesCheck;
  readonly chainProblems: readonly string[];
  readonly contradictions: readonly string[];
  readonly unsettled: number;
}

export interface Row {
  readonly fault: string;
  readonly expected: string;
  readonly seen: string;
  readonly problems: readonly string[];
  /** `not run` if the fault cannot be caused here. */
  readonly verdict: "met" | "MISSED" | "not run";
}

const LONGEST_WAIT_MS = 10_000;
const LONGEST_RECOVERY_MS = 5_000;
/** Answers of a working service. 409 tells the SDK that the first request with the same key is still running. */
const USUAL = new Set([200, 409]);

export function judge(fault: Fault, observed: Observed): Row {
  const { strikes, attempts, failedCalls, findings, writes, chainProblems, contradictions } = observed;
  const longestMs = Math.max(0, ...attempts.map(({ sentAt, endedAt }) => endedAt - sentAt));
  const recoveryMs = Math.max(0, ...strikes.map((strike, n) => recoveryOf(strike, strikes[n + 1], attempts)));
  const refusals = attempts.filter(isRefusal);
  const bare = refusals.filter(({ hasRetryAfter }) => !hasRetryAfter);
  const lost = fault.losesAnswers ? attempts.filter(({ status }) => status === 502 || status === 0) : [];
  const odd = attempts.filter((one) => !USUAL.has(one.status) && !isRefusal(one) && !lost.includes(one));
  const problems = [
    ...listed("acknowledged and missing", writes.missing),
    ...listed("done twice", writes.doubled),
    ...listed("refused, and done", writes.refusedButDone),
    ...listed("contradiction", contradictions),
    ...listed("audit log", chainProblems),
    ...listed(
      "not met",
      findings.filter(({ isMet }) => !isMet).map(({ text }) => text),
    ),
    ...(observed.unsettled > 0 ? [`${observed.unsettled} changes failed when they were repeated later`] : []),
    ...(longestMs > LONGEST_WAIT_MS ? [`a request took ${seconds(longestMs)}`] : []),
    ...(recoveryMs > LONGEST_RECOVERY_MS ? [`the recovery took ${seconds(recoveryMs)}`] : []),
    ...(bare.length > 0 ? [`${bare.length} refusals without Retry-After`] : []),
    ...(odd.length > 0 ? [`other answers: ${countsOf(odd)}`] : []),
    ...(fault.failedCalls === "none" && failedCalls.length > 0
      ? [
          `${failedCalls.length} SDK calls failed, such as ${failedCalls[0]?.operation}: ${failedCalls[0]?.message}`,
        ]
      : []),
  ];
  const seen = [
    `${attempts.length} requests`,
    `${refusals.length} refused`,
    ...(lost.length > 0 ? [`${lost.length} answers lost`] : []),
    `${failedCalls.length} failed SDK calls`,
    `${writes.acknowledged} writes`,
    `longest wait ${seconds(longestMs)}`,
    `healthy after ${seconds(recoveryMs)}`,
    ...uniqueTexts(findings),
  ].join(", ");
  return {
    fault: strikes.length > 1 ? `${fault.title}, ${strikes.length} times` : fault.title,
    expected: expectedOf(fault),
    seen,
    problems,
    verdict: problems.length === 0 ? "met" : "MISSED",
  };
}

export const notRun = (fault: Fault, reason: string): Row => ({
  fault: fault.title,
  expected: expectedOf(fault),
  seen: reason,
  problems: [],
  verdict: "not run",
});

/** The row of a fault after which the drill itself failed, for example because the service did not return. */
export const unfinished = (fault: Fault, error: unknown): Row => ({
  fault: fault.title,
  expected: expectedOf(fault),
  seen: "could not be checked",
  problems: [String(error)],
  verdict: "MISSED",
});

const expectedOf = ({ expected, failedCalls }: Fault): string =>
  expected || (failedCalls === "none" ? "no failed SDK call" : "refusals with 503 and Retry-After");

/** The time from the end of the cause to the last failure before the next strike. Infinite if no request succeeded after it. */
function recoveryOf({ endedAt }: Strike, next: Strike | undefined, attempts: readonly Attempt[]): number {
  const until = next?.beganAt ?? Number.POSITIVE_INFINITY;
  const after = attempts.filter((attempt) => attempt.endedAt >= endedAt && attempt.endedAt < until);
  const lastFailure = after.findLast(isFailure);
  const firstSuccess = after.find(({ status, sentAt }) => status === 200 && sentAt >= endedAt);
  if (!firstSuccess || after.at(-1) === lastFailure) return Number.POSITIVE_INFINITY;
  return Math.max(lastFailure?.endedAt ?? 0, firstSuccess.endedAt) - endedAt;
}

const SHOWN = 3;

const listed = (what: string, items: readonly string[]): string[] =>
  items.length === 0
    ? []
    : [
        `${what}: ${items.slice(0, SHOWN).join("; ")}${items.length > SHOWN ? ` and ${items.length - SHOWN} more` : ""}`,
      ];

const uniqueTexts = (findings: readonly Finding[]): string[] => [
  ...new Set(findings.map(({ text }) => text)),
];

function countsOf(attempts: readonly Attempt[]): string {
  const counts = new Map<string, number>();
  for (const { status, path } of attempts) {
    const kind = `${status === 0 ? "no response" : status} to ${path}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, many]) => `${many} times ${kind}`).join(", ");
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
