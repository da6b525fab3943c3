// The types that @trpc/client and @trpc/tanstack-react-query infer from the router's type. The compiler checks this file; it
// never runs. A line with @ts-expect-error fails to compile when the types are too wide.
import type { Contract, ErrorData, Operation, Reason } from "@projostack/contract";
import type { QueryClient } from "@tanstack/react-query";
import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  isTRPCClientError,
  type TRPCClient,
  type TRPCClientErrorLike,
} from "@trpc/client";
import type { inferRouterError, inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { createTRPCContext, createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { z } from "zod";
import type { ListedTask, Page, Task, TasksCreateInput, TasksListInput } from "../src/index.ts";
import { projoLink, type AppProcedures, type AppRouter, type Transport } from "../src/trpc.ts";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : "the second is wider") : "the first is wider";
/** Also true for `any`, which is the same as every type. */
type IsAny<T> = 0 extends 1 & T ? true : false;
type Exact<A, B> = IsAny<A> extends true ? "the type is any" : Same<A, B>;

type Types<P> = P extends { _def: { type: infer K; $types: { input: infer I; output: infer O } } }
  ? { kind: K; input: I; output: O }
  : never;
type Declared<Op> =
  Op extends Operation<infer K, infer _A, infer I, infer O>
    ? { kind: K; input: z.input<I>; output: z.output<O> }
    : never;

/** For each operation, whether the procedure has the kind, the input and the output of the contract. */
type Comparison = {
  [N in keyof Contract]: {
    [V in keyof Contract[N]]: N extends keyof AppProcedures
      ? V extends keyof AppProcedures[N]
        ? Exact<Types<AppProcedures[N][V]>, Declared<Contract[N][V]>>
        : "the procedure is missing"
      : "the resource is missing";
  };
};
type Problems = {
  [N in keyof Comparison]: Exclude<Comparison[N][keyof Comparison[N]], true>;
}[keyof Comparison];

/** Each element must be `true`. Otherwise the compiler reports an error at its line. */
export const same: [
  Same<Problems, never>,
  Same<keyof AppProcedures, keyof Contract>,
  Exact<inferRouterError<AppRouter>["data"], ErrorData>,
  Exact<inferRouterInputs<AppRouter>["tasks"]["create"], TasksCreateInput>,
  Exact<inferRouterInputs<AppRouter>["tasks"]["list"], TasksListInput | undefined | void>,
  Exact<inferRouterOutputs<AppRouter>["tasks"]["list"], Page<ListedTask>>,
  Exact<NonNullable<TRPCClientErrorLike<AppRouter>["data"]>["reason"], Reason>,
] = [true, true, true, true, true, true, true];

export async function calls(trpc: TRPCClient<AppRouter>): Promise<void> {
  const task = await trpc.tasks.create.mutate({ projectId: "p", title: "t" });
  const page = await trpc.tasks.list.query();
  const status: Exact<typeof task.status, "todo" | "doing" | "done"> = true;
  const items: Exact<typeof page.items, Task[]> = true;
  void [status, items];

  // @ts-expect-error a task has a title
  await trpc.tasks.create.mutate({ projectId: "p" });
  // @ts-expect-error an input has no other fields
  await trpc.tasks.create.mutate({ projectId: "p", title: "t", workspaceId: "w" });
  // @ts-expect-error there is no such status
  await trpc.tasks.list.query({ status: "open" });
  const absent: unknown[] = [
    // @ts-expect-error there is no such operation
    trpc.tasks.rename,
    // @ts-expect-error a query has no mutate
    trpc.tasks.list.mutate,
    // @ts-expect-error a mutation has no query
    trpc.tasks.create.query,
    // @ts-expect-error an output has no other fields
    task.passwordHash,
  ];
  void absent;
}

export function errors(error: unknown): number | undefined {
  if (!isTRPCClientError<AppRouter>(error) || !error.data) return undefined;
  const { reason, fieldErrors, requestId, retryAfter } = error.data;
  const known: Exact<typeof reason, Reason> = true;
  const texts: [string, string[] | undefined] = [requestId, fieldErrors?.["title"]];
  void [known, texts];
  // @ts-expect-error there is no such reason
  if (reason === "task.not_fuond") return undefined;
  return reason === "limit.exceeded" ? retryAfter : undefined;
}

export function links(): unknown {
  const transports: Transport[] = [
    httpLink,
    httpBatchLink,
    httpBatchStreamLink,
    (options) => httpBatchLink({ ...options, maxItems: 5 }),
    (options) => httpBatchStreamLink({ ...options, streamHeader: "accept" }),
  ];
  const baseUrl = "http://127.0.0.1:4000";
  // @ts-expect-error the link needs the URL of the server
  projoLink({ transport: httpLink });
  // @ts-expect-error there is no such option
  projoLink({ baseUrl, workspace: "w" });
  // @ts-expect-error the server uses no transformer
  httpBatchLink<AppRouter>({ url: baseUrl, transformer: { serialize: String, deserialize: String } });
  return createTRPCClient<AppRouter>({
    links: transports.map((transport) => projoLink({ baseUrl, transport })),
  });
}

export function reactQuery(client: TRPCClient<AppRouter>, queryClient: QueryClient): unknown {
  const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
  const query = trpc.tasks.list.queryOptions({ status: "todo" }, { select: ({ items }) => items.length });
  const infinite = trpc.tasks.list.infiniteQueryOptions(
    { limit: 10 },
    { getNextPageParam: ({ nextCursor }) => nextCursor, initialCursor: "c" },
  );
  const mutation = trpc.tasks.create.mutationOptions({
    onSuccess: (task) => void task.title,
    onError: ({ data }) => {
      const reason: Exact<NonNullable<typeof data>["reason"], Reason> = true;
      void reason;
    },
  });
  const cached = queryClient.getQueryData(trpc.tasks.list.queryKey({ limit: 1 }));
  const page: Exact<typeof cached, Page<Task> | undefined> = true;
  const pages = queryClient.getQueryData(infinite.queryKey)?.pages;
  const walked: Exact<typeof pages, Page<Task>[] | undefined> = true;
  // @ts-expect-error tasks.get is no list, so it has no infinite query
  const ofOne: unknown = trpc.tasks.get.infiniteQueryOptions;
  // @ts-expect-error a task has a title
  void mutation.mutationFn?.({ projectId: "p" }, {} as never);
  return [query, mutation, page, walked, ofOne, createTRPCContext<AppRouter>()];
}
