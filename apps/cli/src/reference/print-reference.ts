import { Command } from "commander";
import { columnsOf, type Io } from "../io.ts";
import { describeProgram } from "./describe-program.ts";
import { referenceText } from "./text.ts";

/** Prints the reference of all commands in one text. */
export async function printReference(io: Io): Promise<void> {
  const width = io.stdout.isTTY ? columnsOf(io.stdout) : 100;
  const help = new Command().createHelp();
  help.prepareContext({ helpWidth: width });
  io.stdout.write(`${referenceText(await describeProgram(io), help, width)}\n`);
}
