import { platform } from "./platform.js";
/** A promise that rejects after a time. Release it when it is no longer needed. */
export function startTimeLimit(ms) {
    const { setTimeout, clearTimeout } = platform();
    let timer;
    const reached = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`It has not returned for ${ms / 1000} seconds`)), ms);
        // The timer alone does not keep a program of Node.js running.
        timer.unref?.();
    });
    return { reached, release: () => clearTimeout(timer) };
}
