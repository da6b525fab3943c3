export let CallbackError;
export let ProjoConnectionError;
export let ProjoError;
export let ProjoTimeoutError;
export let startTimeLimit;
export let tokensFrom;
/** Reads the globals at each use. */
export const platform = () => globalThis;
export function handIn(given) {
    ({ CallbackError, ProjoConnectionError, ProjoError, ProjoTimeoutError, startTimeLimit, tokensFrom } =
        given);
}
