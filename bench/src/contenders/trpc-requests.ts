import type { Target } from "../dataset/data-set.ts";
import type { Tokens } from "../dataset/seed-sessions.ts";
import { bodyIncludes, isTaskPage, type Requests } from "./contender.ts";

/** Builds requests as tRPC clients do: the input of a query is in the URL, the input of a mutation in the body. */
export function trpcRequests(credential: keyof Tokens): Requests {
  const headersOf = ({ tokens, workspaceId }: Target) => ({
    authorization: `Bearer ${tokens[credential]}`,
    "x-workspace-id": workspaceId,
  });
  const query = (target: Target, operation: string, input: object) => ({
    method: "GET" as const,
    path: `/trpc/${operation}?input=${encodeURIComponent(JSON.stringify(input))}`,
    headers: headersOf(target),
  });
  return {
    getTask: (target) => ({
      ...query(target, "tasks.get", { id: target.taskId }),
      expect: bodyIncludes(`"id":"${target.taskId}"`),
    }),
    listTasks: (target, cursor) => ({
      ...query(target, "tasks.list", {
        limit: 20,
        status: target.status,
        ...(cursor !== undefined && { cursor }),
      }),
      expect: isTaskPage,
    }),
    getProject: (target) => ({
      ...query(target, "projects.get", { id: target.projectId }),
      expect: bodyIncludes(`"id":"${target.projectId}"`),
    }),
    createTask: (target, title) => ({
      method: "POST",
      path: "/trpc/tasks.create",
      headers: { ...headersOf(target), "content-type": "application/json" },
      body: JSON.stringify({ projectId: target.projectId, title }),
      expect: bodyIncludes(JSON.stringify(title)),
    }),
  };
}
