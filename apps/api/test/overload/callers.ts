// Fixtures for overload: callers who wait for locks, as many as the pool has connections or more.
import { setTimeout as delay } from "node:timers/promises";
import { whileLocked } from "@projostack/db/testing";
import { team, type Team } from "../mutants/attackers.ts";
import type { Answer, TestServer } from "../kit/index.ts";

export interface Place extends Team {
  readonly projectId: string;
}

/** Creates a workspace with one admin and a project. */
export async function place(server: TestServer): Promise<Place> {
  const here = await team(server);
  const { data } = await here.admin.call("projects.create", { name: "Looms" }, here.id);
  return { ...here, projectId: String(data.id) };
}

export const createTask = ({ admin, id, projectId }: Place): Promise<Answer> =>
  admin.call("tasks.create", { projectId, title: "Oil the loom" }, id);

/** The answer to a call, and its duration. */
export interface Timed {
  readonly status: number;
  readonly ms: number;
  readonly answer: Answer;
}

export async function timed(call: () => Promise<Answer>): Promise<Timed> {
  const startedAt = performance.now();
  const answer = await call();
  return { status: answer.status, ms: performance.now() - startedAt, answer };
}

/** Holds a lock on a project while `work` runs, so that nobody can write to the project. */
export const whileProjectIsLocked = <T>(
  { database }: TestServer,
  { projectId }: Place,
  work: () => Promise<T>,
): Promise<T> =>
  whileLocked(database, { lock: "SELECT FROM projects WHERE id = $1 FOR UPDATE", values: [projectId] }, work);

/** Enough workspaces to use all connections. A single one can use at most three quarters of them. */
const WORKSPACES = 8;
const CALLERS_EACH = 6;

/** Lets callers of several workspaces wait for locked projects while `work` runs. */
export async function whilePoolIsFull<T>(server: TestServer, work: () => Promise<T>): Promise<T> {
  const places = await Promise.all(Array.from({ length: WORKSPACES }, () => place(server)));
  return whileLocked(server.database, { lock: "LOCK TABLE projects IN EXCLUSIVE MODE" }, async (held) => {
    const done = new AbortController();
    const caller = async (here: Place) => {
      while (!done.signal.aborted) {
        const { status } = await createTask(here);
        if (status !== 200) await delay(100);
      }
    };
    const callers = Promise.all(
      places.flatMap((here) => Array.from({ length: CALLERS_EACH }, () => caller(here))),
    );
    // By then all connections are in use, and the server has observed that no waiting call is served.
    await delay(1_200);
    try {
      return await work();
    } finally {
      done.abort();
      await held.release();
      await callers;
    }
  });
}
