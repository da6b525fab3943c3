// Prompts for a new password until the server accepts one.
import { type Client, isProjoError, type ProjoError } from "@projostack/sdk";
import { usageError } from "../../cli-error.ts";
import type { Cli } from "../../cli.ts";
import { explain } from "../../explain.ts";
import { runningCommand } from "../../inputs/running-command.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { lowerFirst } from "../../lower-first.ts";

interface NewPassword {
  /** A client without a token. */
  client: Client;
  nonInteractiveHint: string;
  /** "Password" or "New password". */
  label: string;
}

/** Asks for a new password and passes it to `send`. Asks again when the server refuses the password. @throws CliError */
export async function withNewPassword<T>(
  cli: Cli,
  question: NewPassword,
  send: (password: string) => Promise<T>,
): Promise<T> {
  const minLength = await minLengthOf(question.client);
  for (;;) {
    const password = await askNewPassword(cli, { ...question, minLength });
    try {
      return await send(password);
    } catch (error) {
      if (!isPasswordRefused(error)) throw error;
      cli.message(explain(error, { isServiceKey: false, command: runningCommand(cli.io) }));
    }
  }
}

/** Passes on a password that was piped in. A refusal names the server's minimum length, not that of the contract. */
export async function withPipedPassword<T>(
  client: Client,
  password: string,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const minLength = isPasswordRefused(error) ? await minLengthOf(client) : undefined;
    if (minLength === undefined || Array.from(password).length >= minLength) throw error;
    throw usageError(`The new password is too short. Use at least ${minLength} characters.`);
  }
}

/** Asks twice, because the prompt hides the password: a typing error would lock the user out. */
async function askNewPassword(
  cli: Cli,
  { nonInteractiveHint, label, minLength }: NewPassword & { minLength: number | undefined },
): Promise<string> {
  const rule = minLength === undefined ? "" : ` (at least ${minLength} characters)`;
  for (;;) {
    const password = await askPassword(cli.io, { message: label + rule, nonInteractiveHint });
    if (minLength !== undefined && Array.from(password).length < minLength) {
      cli.message(`The new password is too short. Use at least ${minLength} characters.`);
      continue;
    }
    const again = await askPassword(cli.io, {
      message: `Repeat the ${lowerFirst(label)}`,
      nonInteractiveHint,
    });
    if (again === password) return password;
    cli.message("The two passwords differ. Enter them again.");
  }
}

/** Undefined when an older server does not say it. Fails before the prompt when the server cannot be reached. */
async function minLengthOf({ system }: Client): Promise<number | undefined> {
  const { passwordMinLength }: { passwordMinLength?: number } = await system.health();
  return passwordMinLength;
}

const isPasswordRefused = (error: unknown): error is ProjoError =>
  isProjoError(error) &&
  error.reason === "input.invalid" &&
  Object.keys(error.fieldErrors ?? {}).every((field) => field === "password" || field === "newPassword");
