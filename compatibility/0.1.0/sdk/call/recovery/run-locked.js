import { CallbackError } from "./given.js";
/** Runs the work inside the lock of a token store. A failure of the work is not a failure of the lock. */
export async function runLocked(work, lock) {
    let outcome;
    let isOver = false;
    const run = async () => {
        // The call that waited for the lock has failed by then.
        if (isOver)
            return;
        outcome = work();
        await outcome.catch(() => undefined);
    };
    try {
        await lock(run);
    }
    finally {
        isOver = true;
    }
    if (outcome)
        return await outcome;
    throw new CallbackError("The function tokens.lock of the client's options returned before its argument had ended.");
}
