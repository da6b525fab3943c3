import type { Client, DeclinedInvite } from "@projostack/sdk";
import type { Command } from "commander";
import { CliError, usageError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { Server } from "../../connection/server.ts";
import { findOwnInvite } from "../../names/find-invite.ts";
import { askConfirmation } from "../../terminal/prompts.ts";
import { sanitize } from "../../terminal/sanitize.ts";
import { checkAddress, printInvite, readInviteToken } from "./invite-token.ts";

interface DeclineOptions {
  stdin?: boolean;
}

export function addDeclineInvite(invites: Command, start: Start): void {
  invites
    .command("decline")
    .description(
      "Decline an invite to you, by its id, or by its token or link. The workspace sees that you declined.",
    )
    .argument(
      "[id]",
      "the id of the invite (see: projo invites mine). Without it, the token or link is asked for",
    )
    .option(
      "--stdin",
      "read the token from standard input instead of a prompt, and decline without confirmation",
    )
    .addHelpText(
      "after",
      examples([
        "projo invites decline 019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11",
        "projo invites decline",
        "projo invites decline --stdin < token.txt",
      ]),
    )
    .action(async (id: string | undefined, { stdin = false }: DeclineOptions, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const client = server.requireUser();
      if (id !== undefined && stdin) throw usageError("Name the invite by its id or use --stdin, not both.");
      const declined =
        id === undefined
          ? await declineByToken(cli, { server, client, stdin })
          : await client.invites.decline({ id: await findOwnInvite(client, id) });
      if (cli.json) cli.value(declined);
      else cli.message("You declined the invite.");
    });
}

interface Refusing {
  server: Server;
  client: Client;
  stdin: boolean;
}

async function declineByToken(cli: Cli, { server, client, stdin }: Refusing): Promise<DeclinedInvite> {
  const token = await readInviteToken(cli, stdin);
  if (stdin) return client.invites.decline({ token });
  const invite = await server.anonymous.invites.preview({ token });
  printInvite(cli, invite);
  await checkAddress(client, invite);
  const agreed = await askConfirmation(cli.io, {
    message: `Decline the invite to the workspace ${sanitize(invite.workspaceName)}?`,
    nonInteractiveHint: "There is no terminal to ask for confirmation. Pipe the token in with --stdin.",
  });
  if (!agreed)
    throw new CliError("cli.not_confirmed", "You have not declined the invite. It is still valid.");
  return client.invites.decline({ token });
}
