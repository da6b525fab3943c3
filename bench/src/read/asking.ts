import type { Requests } from "../contenders/contender.ts";
import type { Target } from "../dataset/data-set.ts";
import type { HttpRequest } from "../load/load-client.ts";
import { eachInTurn } from "../stage/each-in-turn.ts";
import type { Entrant } from "./bout.ts";

export type Operation = keyof Requests;

/** Everybody is asked about the same targets in the same order. */
export const askingFor =
  (operation: Operation, targets: readonly Target[]) =>
  ({ contender: { requests } }: Entrant): (() => HttpRequest) => {
    const next = eachInTurn(targets);
    return operation === "createTask"
      ? () => requests.createTask(next(), "Write the report")
      : () => requests[operation](next());
  };
