import type { Requests } from "../contenders/contender.ts";
import type { Target } from "../dataset/data-set.ts";
import type { HttpRequest } from "../load/load-client.ts";
import { roundRobin } from "../runner/round-robin.ts";
import type { LoadedContender } from "./compare-contenders.ts";

export type Operation = keyof Requests;

/** Returns the requests of an operation. All contenders receive the same targets in the same order. */
export const requestsFor =
  (operation: Operation, targets: readonly Target[]) =>
  ({ contender: { requests } }: LoadedContender): (() => HttpRequest) => {
    const next = roundRobin(targets);
    return operation === "createTask"
      ? () => requests.createTask(next(), "Write the report")
      : () => requests[operation](next());
  };
