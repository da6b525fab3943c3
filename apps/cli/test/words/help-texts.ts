// Prints the help of every command for a terminal of a width.
import { PassThrough, Readable, Writable } from "node:stream";
import type { Command } from "commander";
import type { Io } from "../../src/io.ts";
import { createWholeProgram } from "../../src/program.ts";
import { pathOf } from "../../src/usage/explain-usage.ts";

export interface HelpText {
  /** The command line without `--help`. */
  readonly command: string;
  readonly text: string;
}

export async function helpTexts(columns: number): Promise<HelpText[]> {
  let text = "";
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const program = await createWholeProgram(silentIo(Object.assign(stdout, { isTTY: true, columns })));
  return all(program).map((command) => {
    text = "";
    command.outputHelp();
    return { command: pathOf(command), text };
  });
}

/** The command and those below it, without `help` and the command that completion scripts call. */
const all = (command: Command): Command[] => [
  command,
  ...command.commands.filter((one) => !["help", "__complete"].includes(one.name())).flatMap(all),
];

export const silentIo = (stdout: Io["stdout"] = new PassThrough()): Io => ({
  stdin: Readable.from([]),
  stdout,
  stderr: new PassThrough(),
  env: { NO_COLOR: "1" },
  homeDirectory: undefined,
  workingDirectory: "/",
  platform: "linux",
  onInterrupt: () => () => {},
});
