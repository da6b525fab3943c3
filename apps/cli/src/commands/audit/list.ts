import type { AuditAction, AuditListInput } from "@projostack/sdk";
import { type Command, Option } from "commander";
import type { Start } from "../../cli.ts";
import { usageError } from "../../cli-error.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";
import { entryColumns, withActorNames } from "./entry-cells.ts";

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
    .option("--actor <email-or-id>", "only actions of this member; use the id for a former member")
    .option("--target <type:id>", "only actions on this target, such as task:ID; task alone means any task")
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
      const target = targetFilter(options.target);
      const workspace = await (await cli.server()).workspace();
      const filters = { ...target, ...(await otherFilters(workspace, options)) };
      const page = await collectPages(options, (asked) =>
        withActorNames((include) => workspace.audit.list({ ...filters, ...asked, ...include })),
      );
      await printPage(cli, page, { columns: entryColumns, none: "No entry matches." });
    });
}

async function otherFilters(
  workspace: WorkspaceClient,
  { action, actor, from, to }: ListOptions,
): Promise<AuditListInput> {
  return {
    action,
    actorUserId: actor === undefined ? undefined : (await findMember(workspace, actor)).id,
    from: dateTime(from),
    to: dateTime(to),
  };
}

function targetFilter(target: string | undefined): AuditListInput {
  if (target === undefined) return {};
  const [, targetType, targetId] = /^([^:]+)(?::(.+))?$/.exec(target) ?? [];
  if (targetType === undefined)
    throw usageError(`--target: "${target}" has the wrong form. Write it as TYPE:ID, such as task:ID.`);
  return { targetType, targetId };
}

/** Converts a date to its start in UTC. The server validates every other text. */
const dateTime = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
