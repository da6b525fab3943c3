// Manages the session of a token store, which several clients may share. Changes are serialized within the process, and
// between processes by the store's lock, if it has one.
import { guardStore } from "./guarded-store.js";
const sessions = new WeakMap();
export function sessionOf(store) {
    const known = sessions.get(store);
    if (known)
        return known;
    const session = openSession(guardStore(store));
    sessions.set(store, session);
    return session;
}
function openSession(store) {
    let last = Promise.resolve();
    return {
        tokens: () => store.get(),
        change: (work) => {
            const result = last.then(() => store.lock(() => work(store)));
            last = result.catch(() => undefined);
            return result;
        },
        pendingMethod: () => store.pendingMethod(),
    };
}
/** Stores the successor of a refresh token, if that refresh token is still in the store. */
export const replaceTokens = (session, refreshToken, tokens) => session.change(async (store) => {
    if ((await store.get())?.refreshToken === refreshToken)
        await store.set(tokens);
});
/** Removes the tokens of an ended session, unless the store holds another session by then. */
export const clearTokens = (session, ended) => session.change(async (store) => {
    const stored = await store.get();
    if (!stored || !ended)
        return;
    const isSame = stored.sessionId !== undefined && stored.sessionId === ended.sessionId;
    if (isSame || stored.accessToken === ended.accessToken)
        await store.clear();
});
