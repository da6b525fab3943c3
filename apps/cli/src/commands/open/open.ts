import { Argument, type Command } from "commander";
import type { Start } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import type { Server } from "../../connection/server.ts";
import { examples } from "../../examples.ts";
import { openBrowser } from "./open-browser.ts";

/** The sections of the web application that belong to a workspace. */
const sections = ["projects", "tasks", "members", "invites", "keys", "audit", "settings"];

export function addOpen(open: Command, start: Start): void {
  open
    .addArgument(
      new Argument("[page]", "page to open")
        .choices(["console", "docs", "account", ...sections])
        .default("console"),
    )
    .option("--print", "print the URL instead")
    .addHelpText(
      "after",
      examples(["projo open", "projo open tasks", "projo open docs", "projo open --print"]),
    )
    .action(async (page: string, options: { print?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const url = `${server.url}${await pathOf(server, page)}`;
      const isOpen = !cli.json && !options.print && (await openBrowser(cli.io, url));
      if (cli.json) cli.value({ url });
      else if (isOpen) cli.message(`Opened ${url} in the browser.`);
      else cli.line(url);
    });
}

async function pathOf(server: Server, page: string): Promise<string> {
  if (page === "console") return "/";
  if (!sections.includes(page)) return `/${page}`;
  const id = (await server.workspaceId()) ?? (await server.workspace()).workspaceId;
  if (id !== undefined) return `/w/${id}/${page}`;
  throw new CliError(
    "cli.workspace_unknown",
    `A service key does not tell its workspace. Name it: projo open ${page} --workspace ID`,
  );
}
