import { checkHeaderText } from "../header-text.js";
/** Creates a store that keeps the tokens in memory, invisible to loggers and inspectors. The default store of a client. */
export function memoryTokenStore(tokens) {
    let current = tokens;
    return {
        get: () => current,
        set: (changed) => {
            current = changed;
        },
        clear: () => {
            current = undefined;
        },
    };
}
/** Returns the token if it is valid in a header. @throws TypeError whose message does not contain the token */
export function checkToken(token) {
    return checkHeaderText(token, "The token");
}
/** Extracts the tokens from the result of a sign-in or refresh; undefined when it contains none. */
export function tokensFrom(result) {
    const { accessToken, accessTokenExpiresAt, refreshToken, session } = (result ?? {});
    if (typeof accessToken !== "string")
        return undefined;
    return { accessToken: checkToken(accessToken), accessTokenExpiresAt, refreshToken, sessionId: session?.id };
}
