import type { ServiceKey, ServiceKeyStatus } from "@projostack/sdk";
import { type Command, Option } from "commander";
import { serviceKeyStatuses } from "../../choices.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { idColumn, markColumn, timeColumn, wordColumn } from "../../output/columns.ts";
import type { Column } from "../../terminal/table.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";

interface ListOptions extends PageOptions {
  status?: ServiceKeyStatus;
}

export function addListKeys(keys: Command, start: Start): void {
  addPageOptions(keys.command("list"))
    .description(
      "List the service keys of the workspace, newest first. A ! marks keys whose creator has left.",
    )
    .addOption(new Option("--status <status>", "only keys with this status").choices(serviceKeyStatuses))
    .addHelpText("after", examples(["projo keys list", "projo keys list --status active --json"]))
    .action(async ({ status, ...options }: ListOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const page = await collectPages(options, (asked) => workspace.serviceKeys.list({ ...asked, status }));
      await printPage(cli, page, {
        columns: keyColumns,
        none:
          status === undefined
            ? "There are no service keys yet. Create one: projo keys create NAME --scopes SCOPES"
            : `There is no service key with the status ${status}.`,
      });
      printOrphans(cli, page.items);
    });
}

export const keyColumns: readonly Column<ServiceKey>[] = [
  markColumn((key) => (isOrphan(key) ? "!" : "")),
  idColumn(({ id }) => id),
  { head: "NAME", cell: ({ name }) => name, minWidth: 12, maxWidth: 40 },
  wordColumn("STATUS", (key) => key.status),
  wordColumn("ROLE", ({ role }) => role, { priority: 4 }),
  { head: "SCOPES", cell: ({ scopes }) => scopes.join(","), priority: 5, minWidth: 12 },
  timeColumn("LAST USED", ({ lastUsedAt }) => lastUsedAt, { priority: 3 }),
  timeColumn("EXPIRES", ({ expiresAt }) => expiresAt, { priority: 2 }),
];

/** Returns true for an active key whose creator is no longer a member. */
const isOrphan = ({ status, creatorIsMember }: ServiceKey): boolean =>
  status === "active" && !creatorIsMember;

function printOrphans(cli: Cli, keys: readonly ServiceKey[]): void {
  if (cli.json || !keys.some(isOrphan)) return;
  cli.message(
    "! The creator has left the workspace and may know the token. Run: projo keys rotate ID, or: projo keys revoke ID",
  );
}
