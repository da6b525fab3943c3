import type { InvitePreview, OwnWorkspace } from "@projostack/sdk";
import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { Server } from "../../connection/server.ts";
import { userRequired } from "../../connection/user-required.ts";
import { sanitize } from "../../terminal/sanitize.ts";
import { askConfirmation } from "../../terminal/prompts.ts";
import { selectWorkspace } from "../workspaces/use.ts";
import { checkAddress, printInvite, readInviteToken } from "./invite-token.ts";
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
      const token = await readInviteToken(cli, options.stdin === true);
      const invite = await server.anonymous.invites.preview({ token });
      printInvite(cli, invite);
      const isSignedIn = server.tokenFromEnvironment || server.stored?.session !== undefined;
      if (isSignedIn) await checkAddress(server.requireUser(), invite);
      if (!options.stdin) await confirm(cli, invite);
      const target = isSignedIn ? server : await signInToAccept(cli, server, invite.email);
      if (!isSignedIn) await checkAddress(target.requireUser(), invite);
      await join(cli, target, await target.client.invites.accept({ token }));
    });
}

async function confirm({ io }: Cli, { workspaceName }: InvitePreview): Promise<void> {
  const agreed = await askConfirmation(io, {
    message: `Join the workspace ${sanitize(workspaceName)}?`,
    nonInteractiveHint: "There is no terminal to ask for confirmation. Pipe the token in with --stdin.",
  });
  if (!agreed)
    throw new CliError("cli.not_confirmed", "You have not joined the workspace. The invite is still valid.");
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
