// A lock between the tabs of a site. The browser releases a Web Lock when its tab is closed or crashes. Browsers without Web
// Locks, and every browser on an insecure origin such as http://192.168.1.5, get a lease in IndexedDB.
import { platform } from "../platform.js";
import { explained, lockTimeout } from "./browser-store-error.js";
import { withLease } from "./lease.js";
import { page } from "./page.js";
/** Longer than a tab refreshes a session. */
const MAX_WAIT_MS = 60_000;
/** Creates a lock with the name. It stores its lease, if it needs one, in the texts. */
export function tabLock(name, texts) {
    return (work) => {
        const { indexedDB, navigator } = page();
        // Without a database there is no session that tabs could share.
        if (!indexedDB)
            return work();
        if (navigator?.locks !== undefined)
            return withWebLock(navigator.locks, name, work);
        return withLease({ texts, key: `${name}:lease`, maxWaitMs: MAX_WAIT_MS }, work);
    };
}
async function withWebLock(locks, name, work) {
    const { AbortController, setTimeout, clearTimeout } = platform();
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), MAX_WAIT_MS);
    let isHeld = false;
    try {
        return await locks.request(name, { signal: waiting.signal }, () => {
            isHeld = true;
            clearTimeout(timer);
            return work();
        });
    }
    catch (error) {
        if (isHeld)
            throw error;
        throw waiting.signal.aborted ? lockTimeout(error) : explained(error);
    }
    finally {
        clearTimeout(timer);
    }
}
