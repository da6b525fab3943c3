import { isProjoError, type OwnWorkspace, type Reason } from "@projostack/sdk";
import type { Command } from "commander";
import type { Cli, Start } from "../cli.ts";
import { examples } from "../examples.ts";
import type { Server, WorkspaceClient } from "../server.ts";
import { shortTime } from "../terminal/short-time.ts";

export function addWhoami(program: Command, start: Start): void {
  program
    .command("whoami")
    .description("Show who is signed in, where, and the workspace chosen.")
    .addHelpText("after", examples(["projo whoami", "projo whoami --json"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      if (server.isServiceKey) {
        await showServiceKey(cli, server);
        return;
      }
      const { user } = await server.signedIn().auth.me();
      const id = await server.workspaceId();
      // The choice may be older than their membership, or another's.
      const workspace =
        id === undefined ? undefined : await readUnless("workspace.not_found", server.client.workspace(id));
      if (cli.json) {
        cli.value({ url: server.url, user, workspace: workspace ?? null });
        return;
      }
      cli.line(`${user.email} (${user.id})`);
      cli.line(
        user.emailVerifiedAt === null
          ? "Email: not verified. The mail holds a token; another: projo email resend"
          : `Email: verified ${shortTime(user.emailVerifiedAt)}`,
      );
      cli.line(`Server: ${server.url}`);
      if (workspace) cli.line(`Workspace: ${workspace.name} (${workspace.id}), as ${workspace.role}`);
      else if (id === undefined) cli.line("Workspace: none chosen. Run: projo workspaces use NAME");
      else cli.line(`Workspace: ${id}, which is not yours. Run: projo workspaces use NAME`);
    });
}

/** A service has no account. Where it is, it knows if it may read that. */
async function showServiceKey(cli: Cli, server: Server): Promise<void> {
  const workspace = await readUnless("permission.denied", await server.workspace());
  if (cli.json) {
    cli.value({ url: server.url, user: null, workspace: workspace ?? null });
    return;
  }
  cli.line("A service key, from PROJO_TOKEN");
  cli.line(`Server: ${server.url}`);
  cli.line(
    workspace
      ? `Workspace: ${workspace.name} (${workspace.id}), as ${workspace.role}`
      : "Workspace: its own, which it may not read (scope workspace:read)",
  );
}

/** The workspace, or undefined when the answer is this reason. */
async function readUnless(
  reason: Reason,
  { workspaces }: WorkspaceClient,
): Promise<OwnWorkspace | undefined> {
  try {
    return await workspaces.get();
  } catch (error) {
    if (isProjoError(error) && error.reason === reason) return undefined;
    throw error;
  }
}
