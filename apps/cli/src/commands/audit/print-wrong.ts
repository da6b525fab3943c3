import { CliError } from "../../cli-error.ts";
import type { Cli } from "../../cli.ts";

interface Wrong {
  readonly seq: number | null;
  readonly problem: string;
  readonly message: string;
}

/** Ends the command with 1: the log is not intact, from which entry on, and why. */
export function printWrong(cli: Cli, { seq, problem, message }: Wrong, next: string): never {
  if (cli.json) cli.value({ intact: false, seq, problem, message });
  throw new CliError("cli.log_not_intact", `Not intact (${problem}). ${message} ${next}`, {
    details: { seq, problem },
  });
}
