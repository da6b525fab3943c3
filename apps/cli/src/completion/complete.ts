// Answers a shell that completes a command line. Nothing but the answer is written, and the exit code is 0 whatever happens: an
// error would appear in the line that the user types.
import type { Io } from "../io.ts";
import { shells } from "./shells/shells.ts";
import { type Suggestions, suggest } from "./suggest.ts";

/** @param name the name of the shell */
export async function complete(io: Io, name: string, args: readonly string[]): Promise<void> {
  const shell = Object.hasOwn(shells, name) ? shells[name] : undefined;
  if (!shell) return;
  const { words, current, isRedirected, write } = shell.parse(args, io);
  const suggestions: Suggestions = isRedirected
    ? { typed: "", candidates: [], paths: "files" }
    : await suggestionsFor(io, words, current);
  io.stdout.write(`${write(suggestions)}\n`);
}

async function suggestionsFor(io: Io, words: readonly string[], current: string): Promise<Suggestions> {
  const { createProgram } = await import("../program.ts");
  return suggest(io, await createProgram(io, words), words, current);
}
