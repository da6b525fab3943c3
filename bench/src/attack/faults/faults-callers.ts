// Callers who read and write without pause through a fault, and what each of their calls was answered.
import { setTimeout as delay } from "node:timers/promises";
import type { Requests } from "../../contenders/contender.ts";
import type { Target } from "../../dataset/data-set.ts";
import { openConnection } from "../../load/connection.ts";
import { wireText, type HttpRequest } from "../../load/http-request.ts";
import { roundRobin } from "../../runner/round-robin.ts";

export interface CallAnswer {
  /** By `performance.now()`. */
  readonly sentAt: number;
  readonly answeredAt: number;
  /** 0 when the connection ended without an answer. */
  readonly status: number;
  readonly body: string;
  /** The title of the task that the call was to create, if it was a write. */
  readonly title: string | null;
}

export interface Callers {
  /** Lets each caller end its call. @returns every answer, in the order in which they came */
  stop(): Promise<readonly CallAnswer[]>;
}

interface CallersOptions {
  readonly url: string;
  readonly many: number;
  readonly requests: Requests;
  readonly targets: readonly Target[];
}

/** Between two calls of one caller: the load must leave room on two cores for what it measures. */
const PAUSE_MS = 40;
/** After a refusal; far less than the answer asks for. */
const PAUSE_AFTER_REFUSAL_MS = 200;

export function startCallers({ url, many, requests, targets }: CallersOptions): Callers {
  const { hostname, port, host } = new URL(url);
  const nextTarget = roundRobin(targets);
  const run = `fault ${process.pid} ${performance.now()}`;
  const answers: CallAnswer[] = [];
  const over = new AbortController();
  let made = 0;

  /** Of five calls two list, two get, and one writes. */
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
        .ask(wireText(request, host))
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
