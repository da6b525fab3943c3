import { CliError } from "../../cli-error.ts";
import type { Cli } from "../../cli.ts";

interface Problem {
  readonly seq: number | null;
  readonly problem: string;
  readonly message: string;
}

const CHECKPOINT_STEP =
  "Use the keys of the server that exported the log, and checkpoints that it signed for this workspace. If they are, somebody has changed the file or the checkpoint.";

/** Reports the first invalid entry and ends the command with exit code 1. */
export function failVerification(cli: Cli, { seq, problem, message }: Problem, next: string): never {
  if (cli.json) cli.value({ intact: false, seq, problem, message });
  const details = { seq, problem };
  // An invalid checkpoint, or one of another server or workspace, proves nothing about the entries.
  throw problem === "checkpoint"
    ? new CliError("cli.log_not_verified", `The log was not verified. ${message} ${CHECKPOINT_STEP}`, {
        details,
      })
    : new CliError("cli.log_not_intact", `The log is not intact (${problem}). ${message} ${next}`, {
        details,
      });
}
