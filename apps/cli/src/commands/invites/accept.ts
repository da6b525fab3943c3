import type { Client, InvitePreview, OwnWorkspace } from "@projostack/sdk";
import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { userRequired, type Server } from "../../connection/server.ts";
import { sanitize } from "../../terminal/sanitize.ts";
import { askConfirmation, askPassword } from "../../terminal/prompts.ts";
import { readSecretText } from "../../terminal/read-stdin.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { mailedToken } from "../mailed-token.ts";
import { selectWorkspace } from "../workspaces/use.ts";
import { signInToAccept } from "./sign-in-to-accept.ts";

export function addAcceptInvite(invites: Command, start: Start): void {
  invites
    .command("accept")
    .description("Show an invite, then join its workspace. Needs the token or link of the invite.")
    .option(
      "--stdin",
      "read the token from standard input instead of a prompt, and join without confirmation",
    )
    .addHelpText("after", examples(["projo invites accept", "projo invites accept --stdin < token.txt"]))
    .action(async (options: { stdin?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      if (server.isServiceKey) throw userRequired();
      const token = await readToken(cli, options.stdin === true);
      const invite = await server.anonymous.invites.preview({ token });
      printInvite(cli, invite);
      if (!options.stdin) await confirm(cli, invite);
      const isSignedIn = server.tokenFromEnvironment || server.stored?.session !== undefined;
      const target = isSignedIn ? server : await signInToAccept(cli, server, invite.email);
      await checkAddress(target.requireUser(), invite);
      await join(cli, target, await target.client.invites.accept({ token }));
    });
}

async function readToken({ io }: Cli, piped: boolean): Promise<string> {
  if (piped) return mailedToken(await readSecretText(io, "--stdin", "token"), "invite");
  return mailedToken(
    await askPassword(io, {
      message: "Token or link of the invite",
      nonInteractiveHint: "There is no terminal to ask for the token. Pipe it in with --stdin.",
    }),
    "invite",
  );
}

function printInvite(
  { message }: Cli,
  { inviterEmail, email, workspaceName, role, expiresAt }: InvitePreview,
): void {
  message(
    `${inviterEmail} invites ${email} to the workspace ${workspaceName}, as ${role}, until ${shortTime(expiresAt)}.`,
  );
}

async function confirm({ io }: Cli, { workspaceName }: InvitePreview): Promise<void> {
  const agreed = await askConfirmation(io, {
    message: `Join the workspace ${sanitize(workspaceName)}?`,
    nonInteractiveHint: "There is no terminal to ask for confirmation. Pipe the token in with --stdin.",
  });
  if (!agreed)
    throw new CliError("cli.not_confirmed", "You have not joined the workspace. The invite is still valid.");
}

/** Compares the addresses, because the server returns the same error for every invalid invite. @throws CliError */
async function checkAddress({ auth }: Client, invite: InvitePreview): Promise<void> {
  const { user } = await auth.me();
  if (user.email === invite.email) return;
  throw new CliError(
    "cli.other_address",
    `This invite is for ${invite.email}, but you are signed in as ${user.email}. Run: projo logout, then: projo login ${invite.email}`,
  );
}

async function join(cli: Cli, server: Server, workspace: OwnWorkspace): Promise<void> {
  // Do not change the selection of a user who works in another workspace.
  const isSelected = server.stored?.workspace === undefined && (await selectWorkspace(server, workspace));
  if (cli.json) {
    cli.value(workspace);
    return;
  }
  cli.message(`You joined the workspace ${workspace.name} as ${workspace.role}.`);
  cli.message(
    isSelected
      ? "It is now the selected workspace. Next: projo tasks list"
      : `Next: ${server.tokenFromEnvironment ? `set PROJO_WORKSPACE=${workspace.id}` : `projo workspaces use ${workspace.id}`}`,
  );
}
