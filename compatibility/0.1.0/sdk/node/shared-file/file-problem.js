// Errors of local files: the cause, and the next step.
import { paths, system } from "./system.js";
/** Returns the code of an error of the operating system, such as ENOSPC, and undefined for another error. */
export function systemErrorCode(error) {
    if (!(error instanceof Error) || !("syscall" in error) || !("code" in error))
        return undefined;
    return typeof error.code === "string" ? error.code : undefined;
}
const problems = {
    ENOSPC: { cause: "the disk is full", step: "Free some space" },
    EDQUOT: { cause: "your disk quota is used up", step: "Free some space" },
    EFBIG: { cause: "your limit on the size of files is too low (ulimit -f)", step: "Raise the limit" },
    EROFS: { cause: "the file system is read-only" },
    EISDIR: { cause: "a directory has its name", step: "Remove the directory" },
    ENOTDIR: { cause: "a part of its path is a file, not a directory" },
    EEXIST: { cause: "a part of its path is a file, not a directory" },
    ELOOP: { cause: "its symbolic links form a loop", step: "Correct the links" },
    ENAMETOOLONG: { cause: "its path is too long" },
    ENOENT: { cause: "its directory does not exist and cannot be created" },
    EMFILE: { cause: "too many files are open (ulimit -n)", step: "Raise the limit" },
    ENFILE: { cause: "too many files are open on this machine", step: "Try again later" },
    EIO: { cause: "the disk fails to read or write", step: "Check the disk" },
};
/** Explains an error of the operating system, for a message about the file. */
export function fileProblem(error, { path, action, alternative }) {
    const { cause, step } = problemOf(error, { path, action });
    const next = step === undefined ? alternative : `${step}, or ${alternative}`;
    return { cause, nextStep: `${next.charAt(0).toUpperCase()}${next.slice(1)}.` };
}
function problemOf(error, { path, action }) {
    const code = systemErrorCode(error) ?? "";
    if (code === "EACCES" || code === "EPERM") {
        return { cause: refusal(path, action), step: "Give your user permission" };
    }
    const known = Object.hasOwn(problems, code) ? problems[code] : undefined;
    return known ?? { cause: error instanceof Error ? error.message : String(error) };
}
/** Names the file or directory that refuses access and its owner. */
function refusal(path, action) {
    const uid = system().getuid?.();
    const { dirname } = paths();
    for (let existing = path;; existing = dirname(existing)) {
        try {
            const stats = system().getBuiltinModule("node:fs").statSync(existing);
            if (stats.uid === uid || uid === undefined)
                return `you have no permission for ${existing}`;
            return `${existing} belongs to another user (uid ${stats.uid}; you are uid ${uid})`;
        }
        catch {
            // It does not exist, or a parent cannot be entered.
            if (existing === dirname(existing))
                return `you have no permission to have it ${action}`;
        }
    }
}
