import { type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";

/** Why the system refused to read or write a file, and what the user can do. Both are parts of one sentence. */
export interface FileProblem {
  cause: string;
  step: string;
}

/** The user id that PostgreSQL or the server runs with. Undefined on Windows. */
type Uid = number | undefined;

/**
 * The problems by their code in Node. `text` is the same problem in the output of PostgreSQL's programs, which print the
 * English text of the C library.
 */
const problems: Readonly<Record<string, FileProblem & { text?: string }>> = {
  ENOSPC: {
    text: "No space left on device",
    cause: "the disk is full",
    step: "free at least 200 MB on that disk and start again",
  },
  EDQUOT: {
    text: "Disk quota exceeded",
    cause: "the disk quota of the server's user is used up",
    step: "free at least 200 MB, or raise the quota, and start again",
  },
  EFBIG: {
    text: "File too large",
    cause: "the system limits the size of files",
    step: "remove the limit (ulimit -f unlimited) and start again",
  },
  EROFS: {
    text: "Read-only file system",
    cause: "its file system is read-only",
    step: "mount it with write access and start again",
  },
  EMFILE: {
    text: "Too many open files",
    cause: "the limit on open files is too low",
    step: "raise the limit (ulimit -n 1024) and start again",
  },
  ENFILE: {
    cause: "the machine has too many open files",
    step: "raise fs.file-max or stop other programs, and start again",
  },
  ENOMEM: {
    text: "Cannot allocate memory",
    cause: "the machine has too little memory",
    step: "give the server at least 512 MB and start again",
  },
  EAGAIN: {
    text: "Resource temporarily unavailable",
    cause: "the limit on processes is too low",
    step: "raise the limit (ulimit -u, or the pids limit of the container) and start again",
  },
  EIO: {
    text: "Input/output error",
    cause: "the disk fails to read or write",
    step: "check the disk and the system's log, and start again",
  },
  ELOOP: {
    text: "Too many levels of symbolic links",
    cause: "its symbolic links form a loop",
    step: "correct the links",
  },
  ENAMETOOLONG: { text: "File name too long", cause: "the path is too long", step: "use a shorter path" },
  ENOTDIR: {
    text: "Not a directory",
    cause: "a part of the path is a file and not a directory",
    step: "move that file away",
  },
  EEXIST: {
    cause: "a file, or a symbolic link to nothing, has that name",
    step: "move it away",
  },
  EISDIR: { text: "Is a directory", cause: "a directory has the name of a file", step: "move it away" },
  ENOENT: { cause: "no directory can be created there", step: "use a directory on a disk" },
  EACCES: { text: "Permission denied", cause: "", step: "" },
  EPERM: { text: "Operation not permitted", cause: "", step: "" },
};

/**
 * Describes an error of the file system in a directory of the server's data.
 * @returns undefined for another error
 */
export function fileProblem(error: unknown, directory: string): FileProblem | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const path = "path" in error && typeof error.path === "string" ? error.path : directory;
  if (isRefusal(error.code)) return accessProblem(path, { directory, uid: process.getuid?.() });
  return Object.hasOwn(problems, error.code) ? problems[error.code] : undefined;
}

/**
 * Describes the problem of the file system that the output of PostgreSQL's programs reports. `uid` is their user.
 * @returns undefined if it reports none
 */
export function fileProblemIn(
  output: string,
  { directory, uid }: { directory: string; uid: Uid },
): FileProblem | undefined {
  if (output.includes("HINT:  Check free disk space.")) return problems["ENOSPC"];
  for (const [code, problem] of Object.entries(problems)) {
    if (problem.text === undefined || !output.includes(`: ${problem.text}`)) continue;
    if (!isRefusal(code)) return problem;
    // The programs print the path in quotes, relative to the cluster.
    const path = new RegExp(`"([^"\\n]+)"[^"\\n]*: ${problem.text}`).exec(output)?.[1];
    return path === undefined ? undefined : accessProblem(resolve(directory, path), { directory, uid });
  }
  return undefined;
}

const isRefusal = (code: string): boolean => code === "EACCES" || code === "EPERM";

/** Names the file or directory that refuses access, and its owner. */
function accessProblem(path: string, { directory, uid }: { directory: string; uid: Uid }): FileProblem {
  const found = nearestExisting(resolve(path));
  const user = uid === undefined ? "the server's user" : `the server's user (uid ${uid})`;
  if (!found || uid === undefined) {
    return { cause: `${user} has no access to it`, step: "give that user access" };
  }
  const { existing, stats } = found;
  if (stats.uid !== uid && uid !== 0) {
    // One command corrects all files, if the directory itself belongs to somebody else too.
    const top = nearestExisting(resolve(directory));
    const wrong = top && top.stats.uid !== uid && isInside(existing, top.existing) ? top.existing : existing;
    return {
      cause: `${user} has no access to ${existing}, which belongs to uid ${stats.uid}`,
      step: `run as root: chown -R ${uid} ${quoted(wrong)}`,
    };
  }
  const needed = stats.isDirectory() ? 0o700 : 0o600;
  if ((stats.mode & needed) !== needed && uid !== 0) {
    return {
      cause: `${user} owns ${existing} but has no write access`,
      step: `run: chmod u+rwX ${quoted(existing)}`,
    };
  }
  return {
    cause: `the system permits no changes in ${existing}`,
    step: "use a directory on an ordinary disk",
  };
}

const isInside = (path: string, directory: string): boolean => {
  const rest = relative(directory, path);
  return !rest.startsWith("..") && !isAbsolute(rest);
};

/** The file or directory itself, or its nearest parent that exists. */
function nearestExisting(path: string): { existing: string; stats: Stats } | undefined {
  for (let existing = path; ; existing = dirname(existing)) {
    try {
      return { existing, stats: statSync(existing) };
    } catch {
      // It does not exist, or a parent cannot be entered.
      if (existing === dirname(existing)) return undefined;
    }
  }
}

/** A path as one word of a POSIX shell. */
export function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
