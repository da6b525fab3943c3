import { isReason } from "../errors.js";
import { operations } from "../generated/operations.js";
import { clearTokens, replaceTokens, sessionOf } from "../session/session.js";
import { tokensFrom } from "../session/token-store.js";
import { loadRecovery, needRecovery } from "./load-recovery.js";
import { openCall } from "./transport.js";
export const startsSession = (operation) => /^auth\.sign(?:In|Up)$/.test(operation);
export const endsSession = (operation) => operation.startsWith("auth.signOut");
/** @throws ProjoError, the reason of the caller's signal, or TypeError for an invalid argument */
export async function perform(performed) {
    const { connection, clock, name, input, options, onSuccess } = performed;
    const session = sessionOf(connection.tokens);
    const isStart = startsSession(name);
    const isSignOut = name === "auth.signOut";
    // Send no token: an expired one would prevent signing in again.
    const isAnonymous = connection.session !== undefined || isStart || name === "auth.refresh";
    let sent;
    try {
        return await openCall(connection, clock, {
            operation: name,
            kind: operations[name],
            options,
            onSuccess,
            send: async ({ send, within }) => {
                if (!isAnonymous)
                    sent = await within(session.tokens());
                const callInput = isSignOut ? withRefreshToken(input, sent) : input;
                const sendWith = (tokens) => send(callInput, tokens?.accessToken);
                const data = await sendWith(sent).catch(async (error) => {
                    if (isAnonymous || !isReason(error, "auth.unauthenticated"))
                        throw error;
                    // The session may go on, so the error is not that of a session that has ended.
                    const recovery = await within(needRecovery(name));
                    const refused = { error, name, tokens: sent, send: sendWith, within, session, openCall };
                    return await recovery.sendWithNewTokens({ ...refused, connection, clock });
                });
                if (endsSession(name))
                    await within(clearTokens(session, sent));
                const tokens = isAnonymous ? tokensFrom(data) : undefined;
                if (tokens) {
                    const change = isStart
                        ? session.change((store) => store.set(tokens))
                        : // A direct call of auth.refresh also updates the session, because the refresh token must not be used again.
                            replaceTokens(session, refreshTokenIn(input), tokens);
                    await within(change);
                }
                return data;
            },
        });
    }
    catch (error) {
        if (!isSignOut || !sent)
            throw error;
        const clear = () => clearTokens(session, sent);
        const recovery = await loadRecovery();
        if (!recovery)
            await clear();
        throw recovery ? await recovery.signOutHere(error, options.signal?.aborted === true, clear) : error;
    }
}
/** Adds the refresh token, which ends the session even when the access token has expired. */
export function withRefreshToken(input, tokens) {
    const refreshToken = tokens?.refreshToken;
    return refreshToken === undefined ? input : { refreshToken, ...input };
}
export function refreshTokenIn(input) {
    return String(input?.refreshToken);
}
