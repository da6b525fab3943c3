import { CallbackError, ProjoError } from "./given.js";
const renewals = new WeakMap();
/**
 * Returns valid tokens in place of expired ones: refreshes them, or takes those that another call or process has
 * stored. Concurrent calls share one refresh. Returns undefined after a sign-out or a sign-in to another session.
 *
 * @throws ProjoError of the refresh. The store is cleared if the server refused the refresh, and else unchanged.
 * @throws CallbackError when the store cannot keep the new tokens
 */
export async function renewTokens(session, expired, refresh) {
    let renewal = renewals.get(session);
    if (!renewal) {
        renewal = session.change((store) => refreshStored(store, expired, refresh));
        renewals.set(session, renewal);
        const finish = () => void renewals.delete(session);
        renewal.then(finish, finish);
    }
    const next = await renewal;
    return next && next.sessionId === expired.sessionId ? next : undefined;
}
async function refreshStored(store, expired, refresh) {
    // Read the store again under the lock: another call or process may already have stored new tokens.
    const stored = await store.get();
    if (stored?.accessToken !== expired.accessToken || stored.refreshToken === undefined)
        return stored;
    const { refreshToken } = stored;
    const isUnchanged = async () => (await store.get())?.refreshToken === refreshToken;
    try {
        const fresh = await refresh(refreshToken);
        // A store without a lock may have changed meanwhile, for example through another sign-in.
        if (!(await isUnchanged()))
            return await store.get();
        await store.set(fresh, UNUSED);
        // The use of the new access token confirms the step of the session: 30 seconds later, the server ends the session when
        // it gets the old refresh token. So new tokens are used only after the store returns them.
        const kept = await store.get();
        if (kept?.refreshToken === refreshToken && fresh.refreshToken !== refreshToken)
            throw notKept();
        return kept;
    }
    catch (error) {
        // The server has ended the session. Other failures, such as a lost connection, do not end it.
        if (!(error instanceof ProjoError) ||
            !/^auth\.(?:token_reused|unauthenticated)$/.test(error.reason ?? ""))
            throw error;
        if (!(await isUnchanged()))
            return await store.get();
        await store.clear();
        throw error;
    }
}
const UNUSED = "The client has not used the new tokens, so the session continues with those in the store.";
const notKept = () => new CallbackError("The function tokens.set of the client's options did not store the new tokens: tokens.get returns the previous ones.", { note: UNUSED });
