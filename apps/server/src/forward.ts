import type { Command } from "commander";
import { isJson, type Host } from "./command.ts";
import type { ExitCode, Io } from "./io.ts";

/** The arguments and streams of a command that another package implements. */
export interface Forwarded extends Pick<Io, "env" | "write" | "note"> {
  readonly args: readonly string[];
}

/** Runs a command that reports its own result: data on standard output, and a line for each note and for an error. */
export async function forward(
  { io, settle }: Host,
  command: Command,
  run: (forwarded: Forwarded) => Promise<ExitCode>,
): Promise<void> {
  const json = isJson(command);
  const notes = json ? jsonNotes(io.note) : { note: io.note, end: () => {} };
  const args = [...command.args, ...(json ? ["--json"] : [])];
  const code = await run({ args, env: io.env, write: io.write, note: notes.note });
  notes.end(code);
  settle(code);
}

/** Writes each note as JSON. The last note of a failed command is its error, so each note is held until the next one. */
function jsonNotes(write: (line: string) => void) {
  let held: string | undefined;
  const flush = (isError: boolean): void => {
    if (held !== undefined) write(JSON.stringify(isError ? { error: { message: held } } : { note: held }));
  };
  return {
    note: (line: string) => {
      flush(false);
      held = line;
    },
    end: (code: ExitCode) => flush(code !== 0),
  };
}
