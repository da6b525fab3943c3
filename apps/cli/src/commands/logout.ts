import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Start } from "../cli.ts";
import { examples } from "../examples.ts";

export function addLogout(program: Command, start: Start): void {
  program
    .command("logout")
    .description("Sign out: end the session on the server and forget it here.")
    .addHelpText("after", examples(["projo logout"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      if (server.tokenFromEnvironment) {
        throw usageError("PROJO_TOKEN is set, so the stored sign-in is not in use. Unset it, and run again.");
      }
      if (server.stored) {
        // The server first: forgetting a token that still works would leave it at large.
        await server.client.auth.signOut();
        await server.remember(undefined);
      }
      if (cli.json) cli.value({ url: server.url });
      else
        cli.say(server.stored ? `Signed out of ${server.url}.` : `You were not signed in to ${server.url}.`);
    });
}
