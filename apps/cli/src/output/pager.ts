// Shows a long list in a pager, as git and gh do.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Io } from "../io.ts";

/** Exits at once if the text fits the screen, keeps colours, and leaves the text on the screen. */
const DEFAULT_PAGER = "less -FRX";

/** Returns false if there is no pager, and then nothing was shown. The reader can close the pager early. */
export async function showInPager(io: Io, text: string): Promise<boolean> {
  const { env } = io;
  const [program, ...args] = wordsOf(env["PROJO_PAGER"] ?? env["PAGER"] ?? DEFAULT_PAGER);
  if (program === undefined || program === "cat" || env["TERM"] === "dumb") return false;
  const pager = spawn(program, args, {
    stdio: ["pipe", "inherit", "inherit"],
    // What less does without options, for PAGER=less.
    env: { LESS: "FRX", LV: "-c", ...env },
  });
  // Ctrl-C reaches the pager too, and means the pager.
  const release = io.ignoreInterrupts?.();
  try {
    // The reader has closed the pager. That is not a failure.
    pager.stdin.on("error", () => {});
    pager.stdin.end(text);
    await once(pager, "close");
    return true;
  } catch {
    // The program is missing or cannot be started.
    return false;
  } finally {
    release?.();
  }
}

/** Splits a command into its words. Quotes keep spaces. */
const wordsOf = (command: string): string[] =>
  (command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
