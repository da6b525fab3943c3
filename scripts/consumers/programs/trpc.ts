// A program that uses `@projostack/sdk/trpc` with a client of tRPC and with the options of TanStack Query.
import { memoryTokenStore, type Task } from "@projostack/sdk";
import { projoLink, type AppRouter, type ProjoLinkOptions } from "@projostack/sdk/trpc";
import { QueryClient, useMutation, useQuery } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import { createTRPCContext, createTRPCOptionsProxy } from "@trpc/tanstack-react-query";

const options: ProjoLinkOptions = { baseUrl: "http://127.0.0.1:4000", tokens: memoryTokenStore() };
const trpc = createTRPCClient<AppRouter>({ links: [projoLink({ ...options, transport: httpBatchLink })] });

export async function tour(): Promise<string[]> {
  const task: Task = await trpc.tasks.create.mutate({ projectId: "p", title: "t" });
  const { items } = await trpc.tasks.list.query({ status: "todo" }, { context: { workspaceId: "w" } });
  return [task.title, ...items.map(({ title }) => title)];
}

export function reasonOf(error: unknown): string | undefined {
  return error instanceof TRPCClientError ? error.message : undefined;
}

const queries = createTRPCOptionsProxy<AppRouter>({ client: trpc, queryClient: new QueryClient() });
export const useTask = (id: string): string | undefined =>
  useQuery(queries.tasks.get.queryOptions({ id })).data?.title;
export const useCreate = () => useMutation(queries.tasks.create.mutationOptions());
export const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

// @ts-expect-error a task has a title
export const refused = () => trpc.tasks.create.mutate({ projectId: "p" });
// @ts-expect-error there is no such operation
export const unknown = () => trpc.tasks.lst.query();
