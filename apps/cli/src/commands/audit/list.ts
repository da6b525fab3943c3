import type { AuditAction, AuditListInput } from "@projostack/sdk";
import { type Command, Option } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { requireOrder } from "../../inputs/require-order.ts";
import { findActor } from "../../names/find-actor.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";
import { entryColumns, withActorNames } from "./entry-cells.ts";
import { orAdvise, parseTarget, requireKnownTarget, type Target, targetFilter } from "./target.ts";

interface ListOptions extends PageOptions {
  action?: AuditAction;
  actor?: string;
  target?: string;
  from?: string;
  to?: string;
}

export function addListAudit(audit: Command, start: Start): void {
  addPageOptions(audit.command("list"))
    .description("List the audit log of the workspace, newest entry first.")
    // The server validates the action, so that a newer server's actions work too.
    .addOption(new Option("--action <action>", "only entries with this action, such as task.deleted"))
    .option(
      "--actor <email-id-or-key>",
      "only actions of this member or service key; use the id for a former member",
    )
    .option(
      "--target <type:id>",
      "only actions on this target, such as task:ID or member:bob@example.com; task alone means any task",
    )
    .option("--from <date>", "only entries at or after this time: 2026-01-31 (UTC) or 2026-01-31T12:00:00Z")
    .option("--to <date>", "only entries before this time")
    .addHelpText(
      "after",
      examples([
        "projo audit list --action access.denied --from 2026-01-31",
        "projo audit list --actor bob@example.com --all --json > bob.json",
      ]),
    )
    .action(async (options: ListOptions, command: Command) => {
      const cli = start(command);
      const target = options.target === undefined ? undefined : parseTarget(options.target);
      const workspace = await (await cli.server()).workspace();
      const filters = await filtersOf(workspace, { ...options, target });
      const page = await collectPages(options, (asked) =>
        withActorNames((include) => workspace.audit.list({ ...filters, ...asked, ...include })),
      );
      if (page.items.length === 0) {
        if (target) requireKnownTarget(target);
        requireOrder(["--from", filters.from], ["--to", filters.to]);
      }
      await printPage(cli, page, { columns: entryColumns, none: "No entry matches." });
    });
}

async function filtersOf(
  workspace: WorkspaceClient,
  { action, actor, target, from, to }: Omit<ListOptions, "target"> & { target: Target | undefined },
): Promise<AuditListInput> {
  return {
    action,
    ...(actor !== undefined && (await orAdvise(() => findActor(workspace, actor), FORMER_MEMBER))),
    ...(target && (await targetFilter(workspace, target))),
    from: dateTime(from),
    to: dateTime(to),
  };
}

const FORMER_MEMBER = "Of a former member, use the whole id.";

/** Converts a date to its start in UTC. The server validates every other text. */
const dateTime = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
