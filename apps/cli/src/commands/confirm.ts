import { CliError } from "../cli-error.ts";
import type { Cli } from "../cli.ts";
import { isInteractive } from "../io.ts";
import { sanitize } from "../terminal/sanitize.ts";

export const YES = ["--yes", "do not ask for confirmation"] as const;

interface Confirmation {
  /** True with --yes. */
  yes: boolean | undefined;
  /** What the command does, as in "To delete the project Website, add --yes": `delete the project Website`. */
  action: string;
  /** What the user should know before the answer. */
  consequence?: string;
  /** The message when the user does not confirm. */
  refused: string;
}

/** Asks for confirmation, except with --yes. @throws CliError without a confirmation, and without a terminal to ask on */
export async function confirm(cli: Cli, { yes, action, consequence, refused }: Confirmation): Promise<void> {
  if (yes) return;
  // Loaded only here, because lists of the same objects ask for nothing.
  const { askConfirmation } = await import("../terminal/prompts.ts");
  const sentence = `${action.charAt(0).toUpperCase()}${action.slice(1)}?`;
  const agreed = await askConfirmation(cli.io, {
    message: sanitize(consequence === undefined ? sentence : `${sentence} ${consequence}`),
    nonInteractiveHint: `There is no terminal to ask for confirmation. To ${action}, add --yes`,
  });
  if (!agreed) throw new CliError("cli.not_confirmed", `${refused} To confirm without a prompt, add --yes.`);
}

/** Lists what a command is about to change, before it asks. */
export function listTargets(cli: Cli, names: readonly string[]): void {
  if (names.length < 2 || !isInteractive(cli.io)) return;
  for (const name of names.slice(0, MAX_LISTED)) cli.message(`  ${name}`);
  if (names.length > MAX_LISTED) cli.message(`  and ${names.length - MAX_LISTED} more`);
}

const MAX_LISTED = 10;
