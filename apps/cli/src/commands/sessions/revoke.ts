import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";

export function addRevokeSession(sessions: Command, start: Start): void {
  sessions
    .command("revoke")
    .description("End one of your sessions: who uses it is signed out.")
    .argument("<id>", "see: projo sessions list")
    .addHelpText("after", examples(["projo sessions revoke 019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11"]))
    .action(async (id: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const revoked = await server.signedIn().sessions.revoke({ id });
      const isOwn = !server.tokenFromEnvironment && server.stored?.session?.sessionId === revoked.id;
      if (isOwn) await server.remember(() => undefined);
      if (cli.json) cli.value(revoked);
      else cli.say(isOwn ? "Ended this session: you are signed out here." : `Ended the session ${id}.`);
    });
}
