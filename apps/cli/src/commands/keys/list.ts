import type { ServiceKey, ServiceKeyStatus } from "@projostack/sdk";
import { type Command, Option } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { addPageOptions, gather, type PageOptions, printPage } from "../pages.ts";

const states = ["active", "expired", "revoked"] as const satisfies readonly ServiceKeyStatus[];

interface ListOptions extends PageOptions {
  status?: ServiceKeyStatus;
}

export function addListKeys(keys: Command, start: Start): void {
  addPageOptions(keys.command("list"))
    .description("List the workspace's service keys, newest first. A ! marks those whose maker has left.")
    .addOption(new Option("--status <status>", "only those with this status").choices(states))
    .addHelpText("after", examples(["projo keys list", "projo keys list --status active --json"]))
    .action(async ({ status, ...options }: ListOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const page = await gather(options, (asked) => workspace.serviceKeys.list({ ...asked, status }));
      printPage(cli, page, {
        columns: [
          { head: "", cell: (key) => (isOrphan(key) ? "!" : "") },
          { head: "ID", cell: ({ id }) => id },
          { head: "STATUS", cell: (key) => key.status },
          { head: "ROLE", cell: ({ role }) => role },
          { head: "EXPIRES", cell: ({ expiresAt }) => expiresAt.slice(0, 10) },
          {
            head: "LAST USED",
            cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : shortTime(lastUsedAt)),
          },
          { head: "NAME", cell: ({ name }) => name, most: 24 },
          { head: "SCOPES", cell: ({ scopes }) => scopes.join(",") },
        ],
        none:
          status === undefined
            ? "There are no service keys yet. Make one: projo keys create NAME --scopes SCOPES"
            : `No service key is ${status}.`,
      });
      sayOrphans(cli, page.items);
    });
}

/** The ones that still open the workspace, and that nobody here has made. */
const isOrphan = ({ status, creatorIsMember }: ServiceKey): boolean =>
  status === "active" && !creatorIsMember;

function sayOrphans(cli: Cli, keys: readonly ServiceKey[]): void {
  if (cli.json || !keys.some(isOrphan)) return;
  cli.say(
    "! Whoever made it has left, and may know the token: projo keys rotate ID, or projo keys revoke ID",
  );
}
