import { isProjoError, type OwnWorkspace, type Reason } from "@projostack/sdk";
import type { Command } from "commander";
import type { Cli, Start } from "../cli.ts";
import { examples } from "../examples.ts";
import type { Server, WorkspaceClient } from "../connection/server.ts";
import { describeDelivery } from "./mail-delivery.ts";
import { shortTime } from "../terminal/short-time.ts";

export function addWhoami(whoami: Command, start: Start): void {
  whoami
    .addHelpText("after", examples(["projo whoami", "projo whoami --json"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      if (server.isServiceKey) {
        await showServiceKey(cli, server);
        return;
      }
      const { user } = await server.requireSignIn().auth.me();
      const id = await server.workspaceId();
      // The user may have left the selected workspace, or the id may belong to another one.
      const workspace =
        id === undefined ? undefined : await readUnless("workspace.not_found", server.client.workspace(id));
      // An older server has no such operation.
      const mails =
        user.emailVerifiedAt === null
          ? await unless("operation.not_found", () => server.client.email.status())
          : undefined;
      if (cli.json) {
        const verificationMail = mails?.verification ?? null;
        cli.value({ url: server.url, user, verificationMail, workspace: workspace ?? null });
        return;
      }
      const line = (text: string) => cli.line(server.completeCommands(text));
      line(`${user.email} (${user.id})`);
      line(
        user.emailVerifiedAt === null
          ? "Email: not verified. Run: projo email verify (for a new mail: projo email resend)"
          : `Email: verified ${shortTime(user.emailVerifiedAt)}`,
      );
      const delivery = mails && describeDelivery(mails.verification);
      if (delivery !== undefined) line(`Verification mail: ${delivery}`);
      line(`Server: ${server.url}`);
      if (workspace) line(`Workspace: ${workspace.name} (${workspace.id}), as ${workspace.role}`);
      else if (id === undefined) line("Workspace: none selected. Run: projo workspaces use NAME");
      else line(`Workspace: ${id}, of which you are not a member. Run: projo workspaces use NAME`);
    });
}

/** Prints the server and the workspace of a service key. The key needs workspace:read to read its workspace. */
async function showServiceKey(cli: Cli, server: Server): Promise<void> {
  const workspace = await readUnless("permission.denied", await server.workspace());
  if (cli.json) {
    cli.value({ url: server.url, user: null, workspace: workspace ?? null });
    return;
  }
  cli.line("Service key from PROJO_TOKEN");
  cli.line(`Server: ${server.url}`);
  cli.line(
    workspace
      ? `Workspace: ${workspace.name} (${workspace.id}), as ${workspace.role}`
      : "Workspace: the key's own (the key has no workspace:read scope to show it)",
  );
}

/** Returns the workspace, or undefined when the server refuses with this reason. */
const readUnless = (reason: Reason, { workspaces }: WorkspaceClient): Promise<OwnWorkspace | undefined> =>
  unless(reason, () => workspaces.get());

/** Returns the answer, or undefined when the server refuses with this reason. */
async function unless<T>(reason: Reason, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isProjoError(error) && error.reason === reason) return undefined;
    throw error;
  }
}
