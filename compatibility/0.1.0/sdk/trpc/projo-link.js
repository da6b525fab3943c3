import { observable } from "@trpc/server/observable";
import { onAbort } from "../call/on-abort.js";
import { checkOptions } from "../options.js";
import { platform } from "../platform.js";
import { settingsOf } from "./call-settings.js";
import { clientError } from "./client-error.js";
import { inputOf } from "./list-input.js";
import { createSdkSender } from "./sdk-sender.js";
import { createStockSender } from "./stock-sender.js";
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
export function projoLink(options) {
    const { transport, ...clientOptions } = options;
    const connection = checkOptions(clientOptions);
    return (runtime) => {
        const send = transport === undefined
            ? createSdkSender(connection)
            : createStockSender(connection, (more) => transport(more)(runtime));
        return ({ op }) => observable((observer) => {
            const { AbortController } = platform();
            const stop = new AbortController();
            const removeAbort = op.signal ? onAbort(op.signal, () => stop.abort()) : undefined;
            run(send, op, stop.signal).then((envelope) => {
                removeAbort?.();
                observer.next(envelope);
                observer.complete();
            }, (error) => {
                removeAbort?.();
                observer.error(clientError(op.signal?.aborted ? (op.signal.reason ?? error) : error));
            });
            return () => {
                removeAbort?.();
                stop.abort();
            };
        });
    };
}
async function run(send, op, signal) {
    if (op.type === "subscription")
        throw new TypeError("The server has no subscriptions. Repeat a query in place of a subscription.");
    return await send({ op, input: inputOf(op), settings: settingsOf(op) }, signal);
}
