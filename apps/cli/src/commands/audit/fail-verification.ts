import { CliError } from "../../cli-error.ts";
import type { Cli } from "../../cli.ts";

interface Problem {
  readonly seq: number | null;
  readonly problem: string;
  readonly message: string;
}

/** Reports the first invalid entry and ends the command with exit code 1. */
export function failVerification(cli: Cli, { seq, problem, message }: Problem, next: string): never {
  if (cli.json) cli.value({ intact: false, seq, problem, message });
  throw new CliError("cli.log_not_intact", `The log is not intact (${problem}). ${message} ${next}`, {
    details: { seq, problem },
  });
}
