// The first steps of a command that answers an invite: read its token, show the invite, and compare the addresses.
import type { Client, InvitePreview } from "@projostack/sdk";
import { CliError } from "../../cli-error.ts";
import type { Cli } from "../../cli.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { readSecretText } from "../../terminal/read-stdin.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { mailedToken } from "../mailed-token.ts";

/** Reads the token, or the link that contains it, from standard input or a prompt. @throws CliError */
export async function readInviteToken({ io }: Cli, piped: boolean): Promise<string> {
  if (piped) return mailedToken(await readSecretText(io, "--stdin", "token"), "invite");
  return mailedToken(
    await askPassword(io, {
      message: "Token or link of the invite",
      nonInteractiveHint: "There is no terminal to ask for the token. Pipe it in with --stdin.",
    }),
    "invite",
  );
}

export function printInvite(
  { message }: Cli,
  { inviterEmail, email, workspaceName, role, expiresAt }: InvitePreview,
): void {
  message(
    `${inviterEmail} invites ${email} to the workspace ${workspaceName}, as ${role}, until ${shortTime(expiresAt)}.`,
  );
}

/** Compares the addresses, because the server returns the same error for every invalid invite. @throws CliError */
export async function checkAddress({ auth }: Client, invite: InvitePreview): Promise<void> {
  const { user } = await auth.me();
  if (user.email === invite.email) return;
  throw new CliError(
    "cli.other_address",
    `This invite is for ${invite.email}, but you are signed in as ${user.email}. Run: projo login ${invite.email}`,
  );
}
