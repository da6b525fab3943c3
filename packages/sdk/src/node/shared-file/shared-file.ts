// A small file that several processes change, such as the tokens of a session. It holds secrets, so that only its owner may read
// it. Each process reads and writes it inside the lock, so that no process writes back a content that another has replaced.
import { createDirectory } from "./create-directory.ts";
import { fileLock, LockHeldError, type FileLock } from "./file-lock.ts";
import { fileProblem, systemErrorCode } from "./file-problem.ts";
import { prepareReplacement, removeAbandoned, type Replacement } from "./replacement.ts";
import { SharedFileError } from "./shared-file-error.ts";
import { paths, readText, readTextSync } from "./system.ts";
import { thisProcess, type Self } from "./this-process.ts";

/** A file that several processes share. It and its directory are created when it is locked for the first time. */
export interface SharedFile {
  /** Returns the content, or undefined when there is no file. @throws SharedFileError */
  read(): Promise<string | undefined>;
  /** Replaces the content in one step, also if the process crashes. Call it inside the lock. @throws SharedFileError */
  write(content: string): Promise<void>;
  /**
   * Runs the work while no other process runs its own. Reserves space first, so that a write inside the lock does not fail on a
   * full disk. The lock of a process that died ends at once.
   *
   * @throws SharedFileError, or the error of the work
   */
  readonly lock: FileLock;
  /** Whether this object is inside the lock. */
  isLocked(): boolean;
}

export interface SharedFileOptions {
  /** The next step in error messages, such as `set PROJO_CONFIG_DIR to another directory`. */
  readonly alternative: string;
  /** The path of the lock. Default: the path of the file with `.lock` at its end. */
  readonly lockPath?: string | undefined;
  /** The time to wait for another process that holds the lock, in milliseconds. Default: one minute. */
  readonly maxWaitMs?: number | undefined;
  /**
   * Reads the file with a call that blocks the program. It makes a short program faster, because Node.js starts no threads for it.
   * Default: false.
   */
  readonly blocking?: boolean | undefined;
  /** The process that holds the lock. Default: this one. */
  readonly self?: Self | undefined;
}

/** Enough for the tokens of one more session. */
const RESERVED_BYTES = 4_096;

/** Opens a file that several processes share. Does not create it. */
export function sharedFile(path: string, options: SharedFileOptions): SharedFile {
  const { alternative, blocking = false, lockPath = `${path}.lock`, maxWaitMs, self } = options;
  const failed = (action: "read" | "written", subject: string, error: unknown): SharedFileError => {
    const { cause, nextStep } = fileProblem(error, { path: subject, action, alternative });
    const message = `${subject} cannot be ${action}: ${cause}. ${nextStep}`;
    return new SharedFileError(message, action === "read" ? "unreadable" : "unwritable", { cause: error });
  };
  let isLocked = false;
  let reserved: Replacement | undefined;
  return {
    isLocked: () => isLocked,
    async read() {
      try {
        return blocking ? readTextSync(path) : await readText(path);
      } catch (error) {
        if (systemErrorCode(error) === "ENOENT") return undefined;
        throw failed("read", path, error);
      }
    },
    async write(content) {
      if (!isLocked) throw new Error(`${path} was written outside its lock.`);
      try {
        const replacement = reserved ?? (await prepareReplacement(path, RESERVED_BYTES));
        reserved = undefined;
        await replacement.commit(content);
      } catch (error) {
        throw failed("written", path, error);
      }
    },
    async lock(work) {
      let ofWork: { readonly error: unknown } | undefined;
      try {
        await createDirectory(paths().dirname(path));
        return await fileLock(lockPath, self ?? thisProcess(), { maxWaitMs })(async () => {
          await removeAbandoned(path);
          reserved = await prepareReplacement(path, RESERVED_BYTES);
          isLocked = true;
          try {
            return await work();
          } catch (error) {
            ofWork = { error };
            throw error;
          } finally {
            isLocked = false;
            const unused = reserved;
            reserved = undefined;
            await unused?.discard();
          }
        });
      } catch (error) {
        if (ofWork !== undefined && ofWork.error === error) throw error;
        if (error instanceof LockHeldError) throw lockTimeout(lockPath, error);
        if (systemErrorCode(error) !== undefined)
          throw failed("written", isAbout(lockPath, error) ? lockPath : path, error);
        throw error;
      }
    },
  };
}

const isAbout = (path: string, error: unknown): boolean =>
  error instanceof Error && "path" in error && error.path === path;

const lockTimeout = (lockPath: string, cause: unknown): SharedFileError =>
  new SharedFileError(
    `Another process holds ${lockPath}. Try again. If no other process uses the file, delete the lock.`,
    "locked",
    { cause },
  );
