// The `token` of the options: a fixed one, or a function of the caller.
import { askCallback } from "../call/callback-error.js";
import { checkToken } from "./token-store.js";
/** Returns the token if it can be the token of a call. @throws TypeError whose message does not contain the token */
export function checkCredential(token) {
    if (typeof token !== "string") {
        throw new TypeError(`The token must be a string, or a function that returns one.`);
    }
    if (/^bearer\s/i.test(token))
        throw new TypeError('Remove "Bearer " from the token. The SDK adds it.');
    // The prefixes of a refresh token, an invite and a one-time token.
    if (/^pj[rio]_/.test(token)) {
        throw new TypeError("The token must be an access token (pja_...) or a service key (pjk_...). Pass a refresh token in tokens.");
    }
    return checkToken(token);
}
/**
 * A store that asks the function at each call. Sign-ins and sign-outs do not change the token.
 *
 * @throws CallbackError from `get` when the function fails
 */
export function tokenFunctionStore(token) {
    return {
        asksToken: true,
        get: async () => ({ accessToken: checkCredential(await askCallback("token", token)) }),
        set: () => undefined,
        clear: () => undefined,
    };
}
export const isTokenFunctionStore = (store) => "asksToken" in store;
