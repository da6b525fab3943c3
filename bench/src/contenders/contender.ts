// A compared server: its program, and the HTTP request of each operation.
import type { Target } from "../dataset/data-set.ts";
import type { HttpRequest } from "../load/load-client.ts";

export interface Contender {
  readonly name: string;
  readonly title: string;
  /** The database login of the server. */
  readonly login: string;
  /** The arguments of `node`: options and the program. */
  readonly program: readonly string[];
  readonly environment: (databaseUrl: string) => Readonly<Record<string, string>>;
  readonly requests: Requests;
}

export interface Requests {
  getTask(target: Target): HttpRequest;
  /** Lists the newest 20 tasks of the workspace with the target's status, or the 20 after a cursor. */
  listTasks(target: Target, cursor?: string): HttpRequest;
  getProject(target: Target): HttpRequest;
  createTask(target: Target, title: string): HttpRequest;
}

/** Returns the URL in the line with which a program reports that it listens, or null for any other line. */
export const listeningUrl = (line: string): string | null => / listens on (http:\S+)/.exec(line)?.[1] ?? null;

/** Distinguishes a page of tasks from a fast refusal. The tests of the bench check the exact responses. */
export const isTaskPage = (status: number, body: string): boolean =>
  status === 200 && body.includes('"items":[{');

export const bodyIncludes =
  (part: string) =>
  (status: number, body: string): boolean =>
    status === 200 && body.includes(part);
