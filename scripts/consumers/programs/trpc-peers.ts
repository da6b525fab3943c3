// A program that uses the packages of tRPC without the SDK. Where it does not compile, no program for `/trpc` can.
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";

export const client = createTRPCClient<AnyTRPCRouter>({
  links: [httpBatchLink({ url: "http://127.0.0.1:4000/trpc" })],
});
