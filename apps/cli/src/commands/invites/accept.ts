import type { Client, InvitePreview, OwnWorkspace } from "@projostack/sdk";
import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { personRequired, type Server } from "../../server.ts";
import { harmless } from "../../terminal/harmless.ts";
import { askConfirmation, askPassword } from "../../terminal/prompts.ts";
import { readSecret } from "../../terminal/read-stdin.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { mailedToken } from "../mailed-token.ts";
import { chooseWorkspace } from "../workspaces/use.ts";
import { arrive } from "./arrive.ts";

export function addAcceptInvite(invites: Command, start: Start): void {
  invites
    .command("accept")
    .description("Join a workspace by the token or link of an invite, after seeing what it invites to.")
    .option("--stdin", "read the token from standard input instead of asking for it, and join without asking")
    .addHelpText("after", examples(["projo invites accept", "projo invites accept --stdin < token.txt"]))
    .action(async (options: { stdin?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      if (server.isServiceKey) throw personRequired();
      const token = await readToken(cli, options.stdin === true);
      const invite = await server.stranger.invites.preview({ token });
      sayInvite(cli, invite);
      if (!options.stdin) await confirm(cli, invite);
      const isSignedIn = server.tokenFromEnvironment || server.stored?.session !== undefined;
      const joining = isSignedIn ? server : await arrive(cli, server, invite.email);
      await checkAddress(joining.person(), invite);
      await join(cli, joining, await joining.client.invites.accept({ token }));
    });
}

async function readToken({ io }: Cli, piped: boolean): Promise<string> {
  if (piped) return mailedToken(await readSecret(io, "--stdin", "token"));
  return mailedToken(
    await askPassword(io, {
      message: "The token or link of the invite",
      instead: "Nobody is here to type a token. Pipe it in, with --stdin.",
    }),
  );
}

function sayInvite(
  { say }: Cli,
  { inviterEmail, email, workspaceName, role, expiresAt }: InvitePreview,
): void {
  say(
    `${inviterEmail} invites ${email} to the workspace ${workspaceName}, as ${role}, until ${shortTime(expiresAt)}.`,
  );
}

async function confirm({ io }: Cli, { workspaceName }: InvitePreview): Promise<void> {
  const agreed = await askConfirmation(io, {
    message: `Join the workspace ${harmless(workspaceName)}?`,
    instead: "Nobody is here to ask. Pipe the token in, with --stdin.",
  });
  if (!agreed) throw new CliError("cli.not_confirmed", "You have not joined. The invite still works.");
}

/** The server answers every failure alike; here the preview has told whose invite it is. */
async function checkAddress({ auth }: Client, invite: InvitePreview): Promise<void> {
  const { user } = await auth.me();
  if (user.email === invite.email) return;
  throw new CliError(
    "cli.other_address",
    `This invite is for ${invite.email}, and you are signed in as ${user.email}. Run: projo logout, then: projo login ${invite.email}`,
  );
}

async function join(cli: Cli, server: Server, workspace: OwnWorkspace): Promise<void> {
  // Whoever works in another workspace goes on working there.
  const chosen = server.stored?.workspace === undefined && (await chooseWorkspace(server, workspace));
  if (cli.json) {
    cli.value(workspace);
    return;
  }
  cli.say(`You are in the workspace ${workspace.name}, as ${workspace.role}.`);
  cli.say(
    chosen
      ? "Commands now act in it. Next: projo tasks list"
      : `Next: ${server.tokenFromEnvironment ? `set PROJO_WORKSPACE=${workspace.id}` : `projo workspaces use ${workspace.id}`}`,
  );
}
