// Callers that continue to read and write during a fault. Records the response of each call.
import { setTimeout as delay } from "node:timers/promises";
import type { Requests } from "../../contenders/contender.ts";
import type { Target } from "../../dataset/data-set.ts";
import { openConnection } from "../../load/connection.ts";
import { wireText, type HttpRequest } from "../../load/http-request.ts";
import { roundRobin } from "../../runner/round-robin.ts";

export interface CallAnswer {
  /** A time of `performance.now()`. */
  readonly sentAt: number;
  readonly answeredAt: number;
  /** The HTTP status, or 0 if the connection ended without a response. */
  readonly status: number;
  readonly body: string;
  /** The title of the task to create, or null if the call was a read. */
  readonly title: string | null;
}

export interface Callers {
  /** Waits until each caller has finished its call. @returns all responses, in the order of arrival */
  stop(): Promise<readonly CallAnswer[]>;
}

interface CallersOptions {
  readonly url: string;
  readonly many: number;
  readonly requests: Requests;
  readonly targets: readonly Target[];
}

/** The pause between two calls of a caller. It leaves processor time for the server, which shares the cores. */
const PAUSE_MS = 40;
/** The pause after a refusal. It is much shorter than the retryAfter of the response. */
const PAUSE_AFTER_REFUSAL_MS = 200;

export function startCallers({ url, many, requests, targets }: CallersOptions): Callers {
  const { hostname, port, host } = new URL(url);
  const nextTarget = roundRobin(targets);
  const run = `fault ${process.pid} ${performance.now()}`;
  const answers: CallAnswer[] = [];
  const over = new AbortController();
  let made = 0;

  /** Of five calls, two list tasks, two get a task, and one creates a task. */
  const next = (turn: number): { request: HttpRequest; title: string | null } => {
    const target = nextTarget();
    if (turn % 5 === 4) {
      const title = `${run} ${(made += 1)}`;
      return { request: requests.createTask(target, title), title };
    }
    return {
      request: turn % 2 === 0 ? requests.listTasks(target) : requests.getTask(target),
      title: null,
    };
  };
  const caller = async (nth: number) => {
    const connection = openConnection({ host: hostname, port: Number(port) });
    for (let turn = nth; !over.signal.aborted; turn += 1) {
      const { request, title } = next(turn);
      const sentAt = performance.now();
      const { status, body } = await connection
        .send(wireText(request, host))
        .catch(() => ({ status: 0, body: "" }));
      answers.push({ sentAt, answeredAt: performance.now(), status, body: body.toString(), title });
      await delay(status === 200 ? PAUSE_MS : PAUSE_AFTER_REFUSAL_MS);
    }
    connection.close();
  };
  const all = Promise.all(Array.from({ length: many }, (_, nth) => caller(nth)));
  return {
    stop: async () => {
      over.abort();
      await all;
      return answers;
    },
  };
}
