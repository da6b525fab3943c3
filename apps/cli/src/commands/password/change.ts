import { type Client, isReason } from "@projostack/sdk";
import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import type { Server } from "../../connection/server.ts";
import { examples } from "../../examples.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { readTwoSecrets } from "../../terminal/read-stdin.ts";
import { withNewPassword, withPipedPassword } from "./new-password.ts";

export function addChangePassword(password: Command, start: Start): void {
  password
    .command("change")
    .description("Change your password. All your other sessions end.")
    .option(
      "--password-stdin",
      "read the current and the new password from standard input, each on its own line",
    )
    .addHelpText(
      "after",
      examples(["projo password change", "projo password change --password-stdin < passwords.txt"]),
    )
    .action(async (options: { passwordStdin?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const client = server.requireUser();
      if (options.passwordStdin) {
        const names = ["current password", "new password"] as const;
        const [currentPassword, newPassword] = await readTwoSecrets(cli.io, "--password-stdin", names);
        await withPipedPassword(server.anonymous, newPassword, () =>
          client.password.change({ currentPassword, newPassword }),
        );
      } else await changeAtPrompt(cli, server, client);
      if (cli.json) cli.value({});
      else cli.message("Changed your password. All your other sessions have ended.");
    });
}

const nonInteractiveHint =
  "There is no terminal to ask for the passwords. Pipe both in with --password-stdin, each on its own line.";

/** Asks again for the password that the server refuses. */
async function changeAtPrompt(cli: Cli, { anonymous }: Server, { password }: Client): Promise<void> {
  let currentPassword = await askPassword(cli.io, { message: "Current password", nonInteractiveHint });
  const question = { client: anonymous, nonInteractiveHint, label: "New password" };
  await withNewPassword(cli, question, async (newPassword) => {
    for (;;) {
      try {
        return await password.change({ currentPassword, newPassword });
      } catch (error) {
        if (!isReason(error, "password.incorrect")) throw error;
        cli.message("This is not your current password. Enter it again.");
        currentPassword = await askPassword(cli.io, { message: "Current password", nonInteractiveHint });
      }
    }
  });
}
