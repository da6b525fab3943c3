// A small file that several processes change, such as the tokens of a session. It holds secrets, so that only its owner may read
// it. Each process reads and writes it inside the lock, so that no process writes back a content that another has replaced.
import { createDirectory } from "./create-directory.js";
import { fileLock, LockHeldError } from "./file-lock.js";
import { fileProblem, systemErrorCode } from "./file-problem.js";
import { prepareReplacement, removeAbandoned } from "./replacement.js";
import { SharedFileError } from "./shared-file-error.js";
import { fileSystem, paths } from "./system.js";
import { thisProcess } from "./this-process.js";
/** Enough for the tokens of one more session. */
const RESERVED_BYTES = 4_096;
/** Opens a file that several processes share. Does not create it. */
export function sharedFile(path, options) {
    const { alternative, lockPath = `${path}.lock`, self = thisProcess() } = options;
    const lock = fileLock(lockPath, self);
    const failed = (action, subject, error) => {
        const { cause, nextStep } = fileProblem(error, { path: subject, action, alternative });
        const message = `${subject} cannot be ${action}: ${cause}. ${nextStep}`;
        return new SharedFileError(message, action === "read" ? "unreadable" : "unwritable", { cause: error });
    };
    let isLocked = false;
    let reserved;
    return {
        isLocked: () => isLocked,
        async read() {
            try {
                return await fileSystem().readFile(path, "utf8");
            }
            catch (error) {
                if (systemErrorCode(error) === "ENOENT")
                    return undefined;
                throw failed("read", path, error);
            }
        },
        async write(content) {
            if (!isLocked)
                throw new Error(`${path} was written outside its lock.`);
            try {
                const replacement = reserved ?? (await prepareReplacement(path, RESERVED_BYTES));
                reserved = undefined;
                await replacement.commit(content);
            }
            catch (error) {
                throw failed("written", path, error);
            }
        },
        async lock(work) {
            let ofWork;
            try {
                await createDirectory(paths().dirname(path));
                return await lock(async () => {
                    await removeAbandoned(path);
                    reserved = await prepareReplacement(path, RESERVED_BYTES);
                    isLocked = true;
                    try {
                        return await work();
                    }
                    catch (error) {
                        ofWork = { error };
                        throw error;
                    }
                    finally {
                        isLocked = false;
                        const unused = reserved;
                        reserved = undefined;
                        await unused?.discard();
                    }
                });
            }
            catch (error) {
                if (ofWork !== undefined && ofWork.error === error)
                    throw error;
                if (error instanceof LockHeldError)
                    throw lockTimeout(lockPath, error);
                if (systemErrorCode(error) !== undefined)
                    throw failed("written", isAbout(lockPath, error) ? lockPath : path, error);
                throw error;
            }
        },
    };
}
const isAbout = (path, error) => error instanceof Error && "path" in error && error.path === path;
const lockTimeout = (lockPath, cause) => new SharedFileError(`Another process has held ${lockPath} for a minute. Try again. If no other process uses the file, delete the lock.`, "locked", { cause });
