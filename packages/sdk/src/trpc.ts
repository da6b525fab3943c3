// For users of @trpc/client and @trpc/tanstack-react-query: the type of the server's router, and a link that sends calls with
// the SDK's session. Both packages are optional peer dependencies, so that no other path of the SDK needs them.
export type { AppProcedures, AppRouter, ErrorShape } from "./generated/app-router.ts";
export { projoLink, type ProjoLinkOptions } from "./trpc/projo-link.ts";
export type { Transport, TransportOptions } from "./trpc/transport-options.ts";
