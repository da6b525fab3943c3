import type { HTTPLinkOptions, Operation, TRPCLink } from "@trpc/client";
import type { AppRouter } from "../generated/app-router.ts";

type RootTypes = AppRouter["_def"]["_config"]["$types"];

/** The options that `projoLink` passes to a transport. They are valid options of `httpLink` and of the batch links. */
export interface TransportOptions {
  /** The URL of the server with `/trpc`. */
  url: string;
  /** The fetch of the SDK. It follows no redirects and refuses responses that are not the server's. */
  fetch: NonNullable<HTTPLinkOptions<RootTypes>["fetch"]>;
  /** Returns the headers of a request: the access token, the workspace and the idempotency key. */
  headers: (request: { op?: Operation; opList?: readonly Operation[] }) => Promise<Record<string, string>>;
  /** The largest batch that the server accepts. */
  maxItems: number;
  /** The longest URL that fits into the server's limit for the URL and the headers. */
  maxURLLength: number;
}

/** Creates a terminating link: `httpLink`, `httpBatchLink`, `httpBatchStreamLink`, or a function that calls one of them. */
export type Transport = (options: TransportOptions) => TRPCLink<AppRouter>;
