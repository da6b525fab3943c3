// Serves a tRPC router with Fastify, as tRPC's documentation describes.
import type { AnyRouter, inferRouterContext } from "@trpc/server";
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from "@trpc/server/adapters/fastify";
import { fastify, type FastifyRequest } from "fastify";
import { announceUntilEnded } from "./until-ended.ts";

interface Served<Router extends AnyRouter> {
  readonly router: Router;
  readonly createContext: (request: FastifyRequest) => inferRouterContext<Router>;
  /** Closes the database connections. */
  readonly close: () => Promise<unknown>;
}

export async function serveTrpc<Router extends AnyRouter>(
  name: string,
  { router, createContext, close }: Served<Router>,
): Promise<void> {
  const server = fastify({ routerOptions: { maxParamLength: 5_000 } });
  await server.register(fastifyTRPCPlugin, {
    prefix: "/trpc",
    trpcOptions: { router, createContext: ({ req }) => createContext(req) },
  } satisfies FastifyTRPCPluginOptions<Router>);
  await server.listen({ host: "127.0.0.1", port: 0 });
  announceUntilEnded(name, {
    address: server.server.address(),
    close: async () => {
      server.server.closeAllConnections();
      await server.close();
      await close();
    },
  });
}

export const oneOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
