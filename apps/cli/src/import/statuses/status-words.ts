import type { TaskStatus } from "@projostack/sdk";

/** Status names of other tools. Letter case, spaces and punctuation do not count. */
const WORDS: Readonly<Record<TaskStatus, readonly string[]>> = {
  todo: [
    "todo, to do, open, opened, new, created, backlog, icebox, triage, inbox, planned, scheduled, ready, queued, pending",
    "not started, unstarted, no status, untriaged, accepted, reopened, next, up next, selected for development",
    "ready for development, ready for dev, ready to start, to be done, upcoming, ideas",
  ].flatMap(split),
  doing: [
    "doing, in progress, progress, started, active, ongoing, working on it, work in progress, wip, in development",
    "development, implementing, in review, review, code review, under review, peer review, in testing, testing",
    "in test, qa, in qa, verification, verifying, in verification, ready for review, ready for test, ready for qa",
    "ready for testing, ready for release, ready to deploy, ready to merge, ready for merge, staging, blocked, on hold",
    "paused, waiting, waiting for customer, waiting for support, waiting for review, awaiting review, indeterminate",
  ].flatMap(split),
  done: [
    "done, closed, complete, completed, resolved, finished, fixed, shipped, released, deployed, merged, delivered",
    "canceled, cancelled, wont do, wont fix, will not do, rejected, declined, duplicate, obsolete, invalid, abandoned",
    "archived, verified, live, in production",
  ].flatMap(split),
};

function split(words: string): string[] {
  return words.split(", ");
}

/** Reduces a status name to its letters and digits: "In-progress", "in_progress" and "In Progress" are equal. */
export function statusKey(name: string): string {
  const folded = name.normalize("NFKC").toLowerCase();
  return folded.replaceAll(/[^\p{L}\p{N}]/gu, "") || folded.trim();
}

/** The status of each known name, by its key. */
export const knownStatuses: ReadonlyMap<string, TaskStatus> = new Map(
  (["todo", "doing", "done"] as const).flatMap((status) =>
    WORDS[status].map((word) => [statusKey(word), status] as const),
  ),
);
