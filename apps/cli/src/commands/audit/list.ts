import type { AuditAction, AuditListInput } from "@projostack/sdk";
import { type Command, Option } from "commander";
import type { Start } from "../../cli.ts";
import { usageError } from "../../cli-error.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import type { WorkspaceClient } from "../../server.ts";
import { addPageOptions, gather, type PageOptions, printPage } from "../pages.ts";
import { entryColumns } from "./entry-cells.ts";

interface ListOptions extends PageOptions {
  action?: AuditAction;
  actor?: string;
  target?: string;
  from?: string;
  to?: string;
}

export function addListAudit(audit: Command, start: Start): void {
  addPageOptions(audit.command("list"))
    .description("List the workspace's audit log, newest first.")
    // The server knows the actions, and refuses another in its words.
    .addOption(new Option("--action <action>", "only this action, such as task.deleted"))
    .option("--actor <email-or-id>", "only what this person did; by id also one who has left")
    .option("--target <type:id>", "only what was done to this, such as task:ID; or to any task: task")
    .option("--from <date>", "only entries of then or later: 2026-01-31 (UTC) or 2026-01-31T12:00:00Z")
    .option("--to <date>", "only entries before")
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
      const page = await gather(options, (asked) => workspace.audit.list({ ...filters, ...asked }));
      printPage(cli, page, { columns: entryColumns, none: "No entry matches." });
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
  if (targetType === undefined) throw usageError(`--target: write "${target}" as TYPE:ID, such as task:ID.`);
  return { targetType, targetId };
}

/** A day means its first moment in UTC. What else is no date and time, the server refuses in its words. */
const dateTime = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
