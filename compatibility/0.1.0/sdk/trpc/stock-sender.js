// Sends calls with links of @trpc/client, within the session of the token store.
import { httpLink, TRPCClientError } from "@trpc/client";
import { CallbackError } from "../call/callback-error.js";
import { startDeadline } from "../call/deadline.js";
import { endsSession, refreshTokenIn, startsSession, withRefreshToken } from "../call/perform.js";
import { loadRecovery } from "../call/load-recovery.js";
import { openCall } from "../call/transport.js";
import { systemClock } from "../clock.js";
import { ProjoTimeoutError } from "../errors.js";
import { unbatched } from "../generated/app-router.js";
import { withCallOptions } from "../options.js";
import { clearTokens, replaceTokens, sessionOf } from "../session/session.js";
import { tokensFrom } from "../session/token-store.js";
import { clientError } from "./client-error.js";
import { createTransportLinks } from "./transport-links.js";
export function createStockSender(connection, createLink) {
    const session = sessionOf(connection.tokens);
    const batched = createTransportLinks(connection, createLink);
    const single = createTransportLinks(connection, (options) => httpLink(options)({}));
    const send = async (call, workspaceId, signal) => {
        const { op, input, settings } = call;
        const links = op.type === "query" && !unbatched.includes(op.path) ? batched : single;
        const forward = (sending, tokens) => links.send({ ...op, input: sending.input }, { sending, workspaceId, tokens, signal });
        const { path } = op;
        const usesCookie = connection.session !== undefined;
        const isAnonymous = usesCookie || startsSession(path) || path === "auth.refresh";
        const callInput = path === "auth.signOut" ? withRefreshToken(input, await session.tokens()) : input;
        const sending = {
            input: callInput,
            isAnonymous,
            idempotencyKey: settings.idempotencyKey,
            sent: undefined,
        };
        const envelope = await forward(sending).catch(async (error) => {
            const { sent } = sending;
            const isExpired = clientError(error).data?.reason === "auth.unauthenticated";
            if (!isExpired || isAnonymous)
                throw error;
            const recovery = await loadRecovery();
            if (!recovery)
                throw error;
            // The server has not carried out a call that it refused for its token, so a mutation is safe to repeat.
            const resend = (next) => forward(sending, next);
            const refused = { error, name: path, tokens: sent, send: resend, within, session, openCall };
            return (await recovery.sendWithNewTokens({ ...refused, connection, clock: systemClock }));
        });
        const tokens = !usesCookie && "data" in envelope.result ? tokensFrom(envelope.result.data) : undefined;
        if (tokens && startsSession(path))
            await session.change((store) => store.set(tokens));
        else if (tokens && path === "auth.refresh")
            await replaceTokens(session, refreshTokenIn(input), tokens);
        else if (endsSession(path))
            await clearTokens(session, sending.sent);
        return envelope;
    };
    return async (call, caller) => {
        const { timeoutMs, workspaceId } = withCallOptions(connection, call.settings);
        const deadline = startDeadline(timeoutMs, systemClock, caller);
        try {
            return await deadline.within(send(call, workspaceId, deadline.signal));
        }
        catch (error) {
            if (deadline.isOver())
                throw timeoutError(call.op, timeoutMs);
            // The transport calls the token store too, and gives its failure as the cause of an error of @trpc/client.
            const failure = error instanceof TRPCClientError ? error.cause : error;
            const recovery = failure instanceof CallbackError ? await loadRecovery() : undefined;
            throw recovery ? recovery.callbackError(failure, call.op.path) : error;
        }
        finally {
            deadline.release();
        }
    };
}
function timeoutError({ path, type }, timeoutMs) {
    const mayHaveBeenCarriedOut = type === "mutation";
    const outcome = mayHaveBeenCarriedOut
        ? " The server may have carried it out. Check its effect before you repeat it."
        : "";
    return new ProjoTimeoutError(`${path} took longer than ${timeoutMs} ms.${outcome}`, {
        operation: path,
        code: "TIMEOUT",
        mayHaveBeenCarriedOut,
    });
}
/** The deadline of the call surrounds all its work already. */
const within = (work) => work;
