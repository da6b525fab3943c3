import { system } from "./system.js";
/** Returns this process. */
export function thisProcess() {
    const { hostname } = system().getBuiltinModule("node:os");
    return { pid: system().pid, host: hostname(), namespace: namespaceOfProcessIds(), isRunning };
}
/** Containers with the host's network share its name, but each has process ids of its own. */
function namespaceOfProcessIds() {
    try {
        return system().getBuiltinModule("node:fs").readlinkSync("/proc/self/ns/pid");
    }
    catch {
        // Only Linux has namespaces.
        return undefined;
    }
}
/** Returns true when a process with this id runs on this machine, also one of another user. */
export function isRunning(pid) {
    try {
        // Signal 0 sends nothing: it only checks that the process exists.
        return system().kill(pid, 0);
    }
    catch (error) {
        return error instanceof Error && "code" in error && error.code === "EPERM";
    }
}
