// A terminating link for @trpc/client. Without a transport it sends each call as `createClient` does. With a transport, a link
// of @trpc/client sends the requests, and this link adds the session: it signs the requests, and refreshes expired tokens.
import type { Operation, TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { onAbort } from "../call/on-abort.ts";
import type { AppRouter } from "../generated/app-router.ts";
import { checkOptions, type ClientOptions, type CookieClientOptions } from "../options.ts";
import { platform, type Signal } from "../platform.ts";
import { settingsOf } from "./call-settings.ts";
import { clientError } from "./client-error.ts";
import { inputOf } from "./list-input.ts";
import { createSdkSender } from "./sdk-sender.ts";
import { createStockSender } from "./stock-sender.ts";
import type { Transport } from "./transport-options.ts";
import type { Envelope, Sender } from "./trpc-call.ts";

/** The options of {@link projoLink}: those of `createClient`, and the transport. */
export interface ProjoLinkOptions extends ClientOptions, Partial<Pick<CookieClientOptions, "session">> {
  /**
   * The link that sends queries: `httpBatchLink`, `httpBatchStreamLink` or `httpLink` of @trpc/client. Mutations, and
   * operations that the server does not accept in a batch, are sent one by one. Default: the SDK sends each call, with its
   * retries.
   */
  transport?: Transport | undefined;
}

/**
 * Creates the terminating link of a tRPC client. It sends the access token, the workspace and an idempotency key for each
 * mutation, refreshes expired tokens once for all calls, and limits the duration of calls. Links and clients with the same
 * token store share the session.
 *
 * The context of a call may contain `workspaceId`, `timeoutMs` and `idempotencyKey`.
 *
 * @example
 * const trpc = createTRPCClient<AppRouter>({
 *   links: [projoLink({ baseUrl: "http://127.0.0.1:4000", tokens, transport: httpBatchLink })],
 * });
 * await trpc.tasks.list.query({ status: "todo" }, { context: { workspaceId } });
 *
 * @throws TypeError that names an invalid option
 */
export function projoLink(options: ProjoLinkOptions): TRPCLink<AppRouter> {
  const { transport, ...clientOptions } = options;
  const connection = checkOptions(clientOptions);
  return (runtime) => {
    const send =
      transport === undefined
        ? createSdkSender(connection)
        : createStockSender(connection, (more) => transport(more)(runtime));
    return ({ op }) =>
      observable((observer) => {
        const { AbortController } = platform();
        const stop = new AbortController();
        const removeAbort = op.signal ? onAbort(op.signal, () => stop.abort()) : undefined;
        run(send, op, stop.signal).then(
          (envelope) => {
            removeAbort?.();
            observer.next(envelope);
            observer.complete();
          },
          (error: unknown) => {
            removeAbort?.();
            observer.error(clientError(op.signal?.aborted ? (op.signal.reason ?? error) : error));
          },
        );
        return () => {
          removeAbort?.();
          stop.abort();
        };
      });
  };
}

async function run(send: Sender, op: Operation, signal: Signal): Promise<Envelope> {
  if (op.type === "subscription")
    throw new TypeError("The server has no subscriptions. Repeat a query in place of a subscription.");
  return await send({ op, input: inputOf(op), settings: settingsOf(op) }, signal);
}
