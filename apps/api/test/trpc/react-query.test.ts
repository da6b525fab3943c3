// @trpc/tanstack-react-query with the router's type and projoLink of @projostack/sdk/trpc, against the server.
import { memoryTokenStore } from "@projostack/sdk";
import { projoLink, type AppRouter } from "@projostack/sdk/trpc";
import {
  dehydrate,
  hydrate,
  InfiniteQueryObserver,
  MutationObserver,
  QueryClient,
  QueryClientProvider,
  useQuery,
} from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpBatchStreamLink, TRPCClientError } from "@trpc/client";
import { createTRPCContext, createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, foundWorkspace, startTestServer, type TestServer } from "../kit/index.ts";

let server: TestServer;
let token: string;
let workspaceId: string;
let projectId: string;
beforeAll(async () => {
  server = await startTestServer();
  const ada = await arrive(server, "ada");
  token = ada.token;
  workspaceId = await foundWorkspace(ada);
  const { data } = await ada.call("projects.create", { name: "Plan" }, workspaceId);
  projectId = String(data.id);
  for (let at = 0; at < 25; at += 1)
    await ada.call("tasks.create", { projectId, title: `Task ${at}` }, workspaceId);
});
afterAll(() => server.close());

const transports = [
  ["the SDK", undefined],
  ["httpBatchLink", httpBatchLink],
  ["httpBatchStreamLink", httpBatchStreamLink],
] as const;

describe.each(transports)("React Query, with %s,", (_, transport) => {
  const setUp = () => {
    const client = createTRPCClient<AppRouter>({
      links: [
        projoLink({
          baseUrl: server.url,
          tokens: memoryTokenStore({ accessToken: token }),
          workspaceId,
          transport,
        }),
      ],
    });
    const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    return { client, queryClient, trpc: createTRPCOptionsProxy<AppRouter>({ client, queryClient }) };
  };

  it("fetches and caches a query", async () => {
    const { queryClient, trpc } = setUp();
    const list = await queryClient.query(trpc.tasks.list.queryOptions({ limit: 3 }));
    expect(list.items.map(({ title }) => title)).toEqual(["Task 24", "Task 23", "Task 22"]);
    expect(queryClient.getQueryData(trpc.tasks.list.queryKey({ limit: 3 }))).toEqual(list);
    const me = await queryClient.query(trpc.auth.me.queryOptions());
    expect(me.user.email).toBe("ada@example.com");
  });

  it("walks a list as an infinite query, with every item once", async () => {
    const { queryClient, trpc } = setUp();
    const options = trpc.tasks.list.infiniteQueryOptions(
      { projectId, limit: 10 },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    );
    const walked = await queryClient.infiniteQuery({ ...options, pages: 5 });
    const titles = walked.pages.flatMap(({ items }) => items.map(({ title }) => title));
    expect(walked.pages.map(({ items }) => items.length)).toEqual([10, 10, 5]);
    expect(new Set(titles).size).toBe(25);
  });

  it("fetches the next page on demand, also with a null cursor for the first one", async () => {
    const { queryClient, trpc } = setUp();
    const observer = new InfiniteQueryObserver(
      queryClient,
      trpc.tasks.list.infiniteQueryOptions(
        { limit: 20 },
        { getNextPageParam: ({ nextCursor }) => nextCursor, initialCursor: null },
      ),
    );
    const stop = observer.subscribe(() => {});
    await expect.poll(() => observer.getCurrentResult().data?.pages.length).toBe(1);
    expect(observer.getCurrentResult().hasNextPage).toBe(true);
    const { data, hasNextPage } = await observer.fetchNextPage();
    stop();
    expect(data?.pages.map(({ items }) => items.length)).toEqual([20, 5]);
    expect(hasNextPage).toBe(false);
  });

  it("refuses pages before the first one with a reason", async () => {
    const { queryClient, trpc } = setUp();
    const observer = new InfiniteQueryObserver(
      queryClient,
      trpc.tasks.list.infiniteQueryOptions(
        { limit: 20 },
        { getNextPageParam: ({ nextCursor }) => nextCursor, getPreviousPageParam: () => "before" },
      ),
    );
    const stop = observer.subscribe(() => {});
    await expect.poll(() => observer.getCurrentResult().data?.pages.length).toBe(1);
    const { error } = await observer.fetchPreviousPage();
    stop();
    expect(error?.message).toContain("tasks.list has no previous pages");
  });

  it("runs a mutation and invalidates the queries of its resource", async () => {
    const { queryClient, trpc } = setUp();
    await queryClient.query(trpc.projects.list.queryOptions({}));
    const mutation = new MutationObserver(
      queryClient,
      trpc.projects.create.mutationOptions({
        onSuccess: () => queryClient.invalidateQueries(trpc.projects.pathFilter()),
      }),
    );
    const made = await mutation.mutate({ name: `Made ${_}` });
    expect(made.name).toBe(`Made ${_}`);
    expect(queryClient.getQueryState(trpc.projects.list.queryKey({}))?.isInvalidated).toBe(true);
    const list = await queryClient.query(trpc.projects.list.queryOptions({}));
    expect(list.items.map(({ id }) => id)).toContain(made.id);
  });

  it("gives the reason of an error", async () => {
    const { queryClient, trpc } = setUp();
    const missing = await queryClient
      .query(trpc.tasks.get.queryOptions({ id: projectId }))
      .catch((error: unknown) => error as TRPCClientError<AppRouter>);
    expect(missing).toBeInstanceOf(TRPCClientError);
    expect(missing).toMatchObject({ data: { reason: "task.not_found", httpStatus: 404 } });
  });

  it("uses the workspace of one call, with a key of its own", async () => {
    const { queryClient, client } = setUp();
    const other = "0190a6f0-0000-7000-8000-00000000abcd";
    const proxyOf = (keyPrefix: string) =>
      createTRPCOptionsProxy<AppRouter, { keyPrefix: true }>({ client, queryClient, keyPrefix });
    const mine = proxyOf(workspaceId).tasks.list.queryOptions({ limit: 1 });
    const foreign = proxyOf(other).tasks.list.queryOptions(
      { limit: 1 },
      { trpc: { context: { workspaceId: other } } },
    );
    expect((await queryClient.query(mine)).items).toHaveLength(1);
    await expect(queryClient.query(foreign)).rejects.toMatchObject({
      data: { reason: "workspace.not_found" },
    });
    expect(mine.queryKey).not.toEqual(foreign.queryKey);
  });

  it("renders a prefetched query on the server, and continues with its data in the browser", async () => {
    const { client, queryClient } = setUp();
    const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();
    function Titles() {
      const { data } = useQuery(useTRPC().tasks.list.queryOptions({ limit: 2 }));
      return createElement("p", null, data?.items.map(({ title }) => title).join(", "));
    }
    const page = (of: QueryClient) =>
      createElement(QueryClientProvider, {
        client: of,
        children: createElement(TRPCProvider, {
          trpcClient: client,
          queryClient: of,
          children: createElement(Titles),
        }),
      });
    await queryClient.query(
      createTRPCOptionsProxy<AppRouter>({ client, queryClient }).tasks.list.queryOptions({ limit: 2 }),
    );
    expect(renderToString(page(queryClient))).toBe("<p>Task 24, Task 23</p>");
    const browser = new QueryClient();
    hydrate(browser, structuredClone(dehydrate(queryClient)));
    expect(renderToString(page(browser))).toBe("<p>Task 24, Task 23</p>");
  });
});
