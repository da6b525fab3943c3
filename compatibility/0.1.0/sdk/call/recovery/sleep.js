import { platform } from "./given.js";
/** Resolves after `ms` milliseconds, or as soon as the signal aborts. */
export const sleep = (ms, signal) => new Promise((resolve) => {
    const { setTimeout, clearTimeout } = platform();
    const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener("abort", wake);
    if (signal.aborted)
        wake();
});
