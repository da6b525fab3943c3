import { renewTokens } from "./renew-tokens.js";
import { ProjoError, tokensFrom } from "./given.js";
/**
 * Sends a call again, with new tokens, after the server has refused its access token. That is also safe for a mutation, because
 * the server has not carried out a call that it refused for its token. Only the server decides whether a token has expired,
 * because the local clock may be wrong.
 */
export async function sendWithNewTokens(refused) {
    const { error, tokens, send, within, name, connection, clock, session, openCall } = refused;
    if ("asksToken" in connection.tokens) {
        const asked = await within(session.tokens());
        // The server would refuse the same token again.
        if (asked?.accessToken === tokens?.accessToken)
            throw error;
        return await send(asked);
    }
    if (tokens?.refreshToken === undefined)
        throw error;
    const renewal = renewTokens(session, tokens, createRefresh(connection, clock, openCall));
    const next = await within(renewal).catch((reason) => {
        throw callError(reason, name);
    });
    if (!next)
        throw error;
    return await send(next);
}
/**
 * The number of retries of a refresh. A refresh is a mutation, but retrying it is safe when its response is lost: for the
 * same refresh token the server returns the same successor until that successor is used. For the same reason, a later
 * call may refresh again with the stored tokens after this one has failed.
 */
const REFRESH_RETRIES = 2;
export const createRefresh = (connection, clock, openCall) => async (refreshToken) => {
    // Several calls wait for this refresh, so use the options of the client and not those of one call.
    const data = await openCall(connection, clock, {
        operation: "auth.refresh",
        kind: "mutation",
        retries: REFRESH_RETRIES,
        options: {},
        send: (sender) => sender.send({ refreshToken }),
    });
    const tokens = tokensFrom(data);
    if (tokens)
        return tokens;
    throw new ProjoError("The response to auth.refresh contains no tokens. Check that baseUrl is correct.", {
        operation: "auth.refresh",
        code: "UNEXPECTED_ANSWER",
    });
};
/** Turns a refused refresh into the failure of the waiting call. Each waiting call gets a separate error. */
export function callError(reason, operation) {
    if (!(reason instanceof ProjoError) || reason.status !== 401)
        return reason;
    const { message, code, status, requestId } = reason;
    return new ProjoError(message, { operation, code, reason: reason.reason, status, requestId });
}
