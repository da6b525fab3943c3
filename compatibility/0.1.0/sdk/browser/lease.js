// A lock between the tabs of a site, for browsers without Web Locks: a text with the id of the tab that holds it and its time. A
// transaction takes it, so that exactly one tab holds it. The holder renews it, because a closed tab cannot release it.
//
// A browser may stop the timers of a hidden tab, whose lease then ends early, and two tabs refresh the session. The server gives
// both the same successor of a refresh token, so that the session continues.
import { platform } from "../platform.js";
import { lockTimeout } from "./browser-store-error.js";
/** Browsers run the timers of a hidden tab once a second. */
const RENEWAL_INTERVAL_MS = 1_000;
const MAX_AGE_MS = 5_000;
const POLL_INTERVAL_MS = 50;
/** Runs the work while no other tab runs its own. @throws BrowserStoreError, or the error of the work */
export async function withLease(options, work) {
    const { texts, key } = options;
    const id = `${Math.random()}`.slice(2);
    await acquire(options, id);
    const stopRenewal = repeat(RENEWAL_INTERVAL_MS, () => texts.replace(key, (text) => (idIn(text) === id ? leaseOf(id) : undefined)));
    try {
        return await work();
    }
    finally {
        stopRenewal();
        await texts.replace(key, (text) => (idIn(text) === id ? null : undefined));
    }
}
async function acquire({ texts, key, maxWaitMs }, id) {
    const startedAt = Date.now();
    while (await texts.replace(key, (text) => (isHeld(text) ? undefined : leaseOf(id)))) {
        if (Date.now() - startedAt > maxWaitMs)
            throw lockTimeout();
        await new Promise((resolve) => void platform().setTimeout(resolve, POLL_INTERVAL_MS));
    }
}
const leaseOf = (id) => `${id} ${Date.now()}`;
const idIn = (lease) => lease?.split(" ")[0];
/** The clock may have been corrected, so that the time of the lease may be in the future. */
const isHeld = (lease) => Math.abs(Date.now() - Number(lease?.split(" ")[1])) < MAX_AGE_MS;
/** Repeats the work until the returned function is called. The work may fail: then the lease ends early. */
function repeat(intervalMs, work) {
    const { setTimeout, clearTimeout } = platform();
    let isStopped = false;
    let timer;
    const schedule = () => {
        if (isStopped)
            return;
        timer = setTimeout(() => void work().then(schedule, schedule), intervalMs);
    };
    schedule();
    return () => {
        isStopped = true;
        clearTimeout(timer);
    };
}
