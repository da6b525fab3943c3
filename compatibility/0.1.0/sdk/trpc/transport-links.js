import { needRecovery } from "../call/load-recovery.js";
import { onAbort } from "../call/on-abort.js";
import { sdkHeaders } from "../call/request.js";
import { sessionOf } from "../session/session.js";
import { createTransportFetch } from "./transport-fetch.js";
const MAX_BATCH_CALLS = 10;
/** The server accepts 16 KB for the URL and the headers together. */
const MAX_URL_LENGTH = 12_000;
/** A server that acts for many workspaces must not keep a link for each of them. */
const MAX_KEPT_LINKS = 500;
export function createTransportLinks(connection, createLink) {
    const session = sessionOf(connection.tokens);
    const fetch = createTransportFetch(connection);
    /** The calls of a request are found by their contexts: links copy an operation, but not its context. */
    const sendings = new WeakMap();
    const open = (workspaceId, fixed) => createLink({
        url: `${connection.baseUrl}/trpc`,
        fetch,
        maxItems: MAX_BATCH_CALLS,
        maxURLLength: MAX_URL_LENGTH,
        headers: async ({ op, opList = op ? [op] : [] }) => {
            const calls = opList.flatMap(({ context }) => sendings.get(context) ?? []);
            const [first] = calls;
            const tokens = first?.isAnonymous ? undefined : (fixed ?? (await session.tokens()));
            for (const call of calls)
                call.sent = tokens;
            const operation = opList[0]?.path ?? "";
            const idempotencyKey = first?.idempotencyKey;
            const own = await headersOf(connection, { workspaceId, tokens, idempotencyKey });
            return { ...(await (await needRecovery(operation)).extraHeaders(connection, {})), ...own };
        },
    });
    const byWorkspace = new Map();
    const byTokens = new WeakMap();
    const linkOf = (workspaceId, tokens) => {
        const kept = tokens === undefined
            ? byWorkspace
            : (byTokens.get(tokens) ?? new Map());
        if (tokens !== undefined)
            byTokens.set(tokens, kept);
        const known = kept.get(workspaceId ?? "");
        if (known)
            return known;
        if (kept.size >= MAX_KEPT_LINKS)
            kept.clear();
        const link = open(workspaceId, tokens);
        kept.set(workspaceId ?? "", link);
        return link;
    };
    return {
        send: (op, { sending, workspaceId, tokens, signal }) => {
            const context = { ...op.context };
            sendings.set(context, sending);
            return resultOf(linkOf(workspaceId, tokens), { ...op, context }, signal);
        },
    };
}
async function headersOf(connection, { workspaceId, tokens, idempotencyKey }) {
    const userAgent = await connection.userAgent();
    const { session } = connection;
    return sdkHeaders({ session, workspaceId }, { token: tokens?.accessToken, idempotencyKey, userAgent });
}
/** Waits for the result of a link. After an abort the promise stays pending, and its caller has stopped waiting. */
function resultOf(link, op, signal) {
    return new Promise((resolve, reject) => {
        let result;
        // The link may settle before it has returned.
        const listener = {};
        const settle = (act) => {
            listener.remove?.();
            act();
        };
        const subscription = link({ op, next: refuseNext }).subscribe({
            next: (envelope) => {
                result = envelope;
            },
            error: (error) => settle(() => reject(error)),
            complete: () => settle(() => (result ? resolve(result) : reject(new Error(`${op.path} has no result.`)))),
        });
        listener.remove = onAbort(signal, () => subscription.unsubscribe());
    });
}
const refuseNext = () => {
    throw new TypeError("The transport must be a terminating link such as httpLink or httpBatchLink.");
};
