// Somebody who is measured: a server of its own program, and how each thing is asked for there.
import type { Target } from "../dataset/data-set.ts";
import type { HttpRequest } from "../load/load-client.ts";

export interface Contender {
  readonly name: string;
  readonly title: string;
  /** By which login it works in the database. */
  readonly login: string;
  /** What is run, beside `node`. */
  readonly program: readonly string[];
  readonly environment: (databaseUrl: string) => Readonly<Record<string, string>>;
  readonly requests: Requests;
}

export interface Requests {
  getTask(target: Target): HttpRequest;
  /** The newest 20 of the workspace with the target's status, or those that follow a cursor. */
  listTasks(target: Target, cursor?: string): HttpRequest;
  getProject(target: Target): HttpRequest;
  createTask(target: Target, title: string): HttpRequest;
}

/** Where a program says on its standard output that it listens. */
export const listeningUrl = (line: string): string | null => / listens on (http:\S+)/.exec(line)?.[1] ?? null;

/** Who listed 20 tasks. The exact answers are a test's matter: here is told a right one from a fast refusal. */
export const isTaskPage = (status: number, body: string): boolean =>
  status === 200 && body.includes('"items":[{');

export const bodyIncludes =
  (part: string) =>
  (status: number, body: string): boolean =>
    status === 200 && body.includes(part);
