// Unusual batches: valid and invalid calls, existing and absent rows, too few and too many inputs.
import type { Sent } from "./exchange.ts";
import { requestOf } from "./requests.ts";

/** The rows that the batches name. */
export interface OddIds {
  readonly projectId: string;
  readonly taskId: string;
}

type Headers = Readonly<Record<string, string>>;

const healths = (count: number) => Array.from({ length: count }, () => "system.health");
const absent = "0190a6f0-0000-7000-8000-00000000abcd";

export function oddBatches(
  as: Headers,
  { projectId, taskId }: OddIds,
): (readonly [says: string, sent: Sent])[] {
  const of = (names: readonly string[], input: unknown): Sent => ({
    ...requestOf("query", names, input),
    headers: as,
  });
  const changing = (names: readonly string[], input: unknown): Sent => ({
    ...requestOf("mutation", names, input),
    headers: { "content-type": "application/json", ...as },
  });
  return [
    ["a batch of one", of(["tasks.get"], { 0: { id: taskId } })],
    [
      "a batch of two valid calls",
      of(["tasks.get", "projects.get"], { 0: { id: taskId }, 1: { id: projectId } }),
    ],
    [
      "a batch with the same call twice",
      of(["tasks.get", "tasks.get"], { 0: { id: taskId }, 1: { id: taskId } }),
    ],
    [
      "a batch with two calls of one operation",
      of(["tasks.get", "tasks.get"], { 0: { id: taskId }, 1: { id: absent } }),
    ],
    [
      "the same batch in the opposite order",
      of(["tasks.get", "tasks.get"], { 0: { id: absent }, 1: { id: taskId } }),
    ],
    [
      "a list and its items",
      of(["tasks.list", "tasks.get", "tasks.list"], { 0: { limit: 1 }, 1: { id: taskId }, 2: { limit: 2 } }),
    ],
    ["a batch with an unknown name", of(["tasks.get", "tasks.got"], { 0: { id: taskId } })],
    ["a batch of unknown names", of(["tasks.got", "a"], {})],
    ["a batch with an empty name", of(["tasks.get", ""], { 0: { id: taskId } })],
    [
      "a batch whose calls fail with the same status",
      of(["tasks.get", "projects.get"], { 0: { id: absent }, 1: { id: absent } }),
    ],
    [
      "a batch whose calls fail with different statuses",
      of(["tasks.get", "auth.me", "tasks.get"], { 0: { id: absent }, 1: {}, 2: { id: "x" } }),
    ],
    ["a batch without its second input", of(["tasks.get", "tasks.list"], { 0: { id: taskId } })],
    ["a batch without its first input", of(["tasks.get", "tasks.list"], { 1: {} })],
    ["a batch with more inputs than calls", of(["tasks.list"], { 0: {}, 1: {}, 7: {} })],
    ["a batch with null for an input", of(["tasks.list", "system.health"], { 0: null, 1: null })],
    ["a batch with another spelling of an index", of(["tasks.list"], { "00": { limit: 1 }, "0.0": 1 })],
    ["a batch of ten", of(healths(10), {})],
    ["a batch of eleven", of(healths(11), {})],
    [
      "a batch of two changes",
      changing(["projects.create", "tasks.create"], { 0: { name: "A" }, 1: { projectId, title: "B" } }),
    ],
    [
      "a batch of a change and a refusal",
      changing(["projects.create", "tasks.create"], {
        0: { name: "A" },
        1: { projectId: absent, title: "B" },
      }),
    ],
    [
      "a batch of the same change twice",
      changing(["projects.create", "projects.create"], { 0: { name: "A" } }),
    ],
  ];
}
