import type { Target } from "../dataset/data-set.ts";
import { bodyIncludes, isTaskPage, type Requests } from "./contender.ts";

/** Builds the requests of the servers without tRPC (programs/plain/operations.ts). */
export function plainRequests(headersOf: (target: Target) => Record<string, string>): Requests {
  const get = (target: Target, path: string) => ({
    method: "GET" as const,
    path,
    headers: headersOf(target),
  });
  return {
    getTask: (target) => ({
      ...get(target, `/tasks/${target.taskId}`),
      expect: bodyIncludes(`"id":"${target.taskId}"`),
    }),
    listTasks: (target, cursor) => ({
      ...get(target, `/tasks?status=${target.status}${cursor === undefined ? "" : `&cursor=${cursor}`}`),
      expect: isTaskPage,
    }),
    getProject: (target) => ({
      ...get(target, `/projects/${target.projectId}`),
      expect: bodyIncludes(`"id":"${target.projectId}"`),
    }),
    createTask: (target, title) => ({
      method: "POST",
      path: "/tasks",
      headers: { ...headersOf(target), "content-type": "application/json" },
      body: JSON.stringify({ projectId: target.projectId, title }),
      expect: bodyIncludes(JSON.stringify(title)),
    }),
  };
}
