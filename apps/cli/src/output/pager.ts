// Shows a long list in a pager, as git and gh do.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { interrupted } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { sanitize } from "../terminal/sanitize.ts";

/** Exits at once if the text fits the screen, keeps colours, and leaves the text on the screen. */
const DEFAULT_PAGER = "less -FRX";

/** The codes of pagers that the reader closed: with a key, with Ctrl-C. */
const ENDED_BY_READER: ReadonlySet<number> = new Set([0, 2, 130]);

/** Returns false if there is no pager, and then nothing was shown. The reader can close the pager early. */
export async function showInPager(io: Io, text: string): Promise<boolean> {
  const { env } = io;
  const command = env["PROJO_PAGER"] ?? env["PAGER"] ?? DEFAULT_PAGER;
  const [program, ...args] = wordsOf(command);
  if (program === undefined || program === "cat" || env["TERM"] === "dumb") return false;
  const pager = spawn(program, args, {
    stdio: ["pipe", "inherit", "inherit"],
    // What less does without options, for PAGER=less.
    env: { LESS: "FRX", LV: "-c", ...env },
  });
  // Ctrl-C reaches the pager too, and means the pager.
  const release = io.ignoreInterrupts?.();
  // Left alone, the pager would read the keys that the user types for the shell.
  let isStopped = false;
  const removeListener = io.onInterrupt(() => (isStopped = pager.kill()));
  try {
    // The reader has closed the pager. That is not a failure.
    pager.stdin.on("error", () => {});
    pager.stdin.end(text);
    const code = await exitCodeOf(pager);
    if (code === undefined) return false;
    if (isStopped) throw interrupted();
    if (!ENDED_BY_READER.has(code))
      io.stderr.write(
        `The pager "${sanitize(command)}" ended with code ${code}. To print without a pager, use --no-pager\n`,
      );
    return true;
  } finally {
    removeListener();
    release?.();
  }
}

/** Undefined when the program is missing or cannot be started. A signal counts as the reader's. */
const exitCodeOf = (pager: ChildProcess): Promise<number | undefined> =>
  once(pager, "close").then(
    ([code]) => (typeof code === "number" ? code : 0),
    () => undefined,
  );

/** Splits a command into its words. Quotes keep spaces. */
const wordsOf = (command: string): string[] =>
  (command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
