const waitingFor = new WeakMap();
/**
 * Calls `act` when the signal aborts, or now if it has aborted. All calls that share a signal share one listener, because
 * Node.js warns of a leak when a signal has more than ten. The returned function removes `act`, and the listener after the
 * last call.
 */
export function onAbort(signal, act) {
    if (signal.aborted) {
        act();
        return () => undefined;
    }
    const { acts, listener } = waitingFor.get(signal) ?? listen(signal);
    acts.add(act);
    return () => {
        acts.delete(act);
        if (acts.size > 0 || waitingFor.get(signal)?.acts !== acts)
            return;
        waitingFor.delete(signal);
        signal.removeEventListener("abort", listener);
    };
}
function listen(signal) {
    const acts = new Set();
    const listener = () => {
        waitingFor.delete(signal);
        signal.removeEventListener("abort", listener);
        for (const act of acts)
            act();
    };
    const waiting = { acts, listener };
    waitingFor.set(signal, waiting);
    signal.addEventListener("abort", listener);
    return waiting;
}
