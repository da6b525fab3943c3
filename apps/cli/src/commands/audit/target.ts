// The option --target of the audit log: TYPE, or TYPE:ID with what also names the object elsewhere.
import { type AuditListInput, operations } from "@projostack/sdk";
import { CliError, usageError } from "../../cli-error.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { findKey } from "../../names/find-key.ts";
import { getInvite } from "../../names/find-invite.ts";
import { findMember } from "../../names/find-member.ts";
import { findProject } from "../../names/find-project.ts";
import { findTask } from "../../names/find-task.ts";
import { readId } from "../../names/ids.ts";
import { choiceOf, unknownChoice } from "../../usage/choice-words.ts";
import { similarNames } from "../../usage/edit-distance.ts";
import { lowerFirst } from "../../lower-first.ts";

/** The kinds of things in the log. A newer server may have more. */
const types = [
  "workspace",
  "member",
  "invite",
  "key",
  "project",
  "task",
  "operation",
  "audit",
  "user",
] as const;

type Find = (workspace: WorkspaceClient, text: string) => Promise<{ id: string }>;

/** How the id is found from an address, a name or the beginning of the id. Other things are named by their whole id only. */
const finders: Readonly<Partial<Record<string, Find>>> = {
  member: findMember,
  user: findMember,
  invite: getInvite,
  key: (workspace, text) => findKey(workspace, text, { alsoRevoked: true }),
  project: findProject,
  task: findTask,
} satisfies Partial<Record<(typeof types)[number], Find>>;

export interface Target {
  readonly type: string;
  readonly text: string | undefined;
}

/** @throws CliError when the text does not have the form */
export function parseTarget(text: string): Target {
  const [, type, of] = /^([^:]+)(?::(.+))?$/s.exec(text) ?? [];
  if (type === undefined)
    throw usageError(`--target: "${text}" has the wrong form. Write it as TYPE:ID, such as task:ID.`);
  return { type, text: of };
}

/** @throws CliError when nothing, or more than one thing, is named so */
export async function targetFilter(
  workspace: WorkspaceClient,
  { type, text }: Target,
): Promise<AuditListInput> {
  const find = finders[type];
  if (text === undefined) return { targetType: type };
  const id = readId(text);
  if (id !== undefined || !find) return { targetType: type, targetId: id ?? text };
  const found = await orAdvise(() => find(workspace, text), "Of one that was deleted, use the whole id.");
  return { targetType: type, targetId: found.id };
}

/** Adds advice to the error for a name that nothing has now. The log outlives what it names. */
export async function orAdvise<T>(work: () => Promise<T>, advice: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError) || !error.reason.endsWith("_not_found")) throw error;
    throw new CliError(error.reason, error.message.replace(/ See: /, ` ${advice} See: `), { cause: error });
  }
}

/** Refuses a target that the log cannot have: an empty list would look as if nothing had happened. @throws CliError */
export function requireKnownTarget({ type, text }: Target): void {
  if (!types.some((known) => known === type)) {
    throw usageError(`--target: ${lowerFirst(unknownChoice("type", type, types))}`);
  }
  if (text === undefined) return;
  if (type === "operation") requireOperation(text);
  else if (!finders[type] && readId(text) === undefined) {
    throw usageError(`--target: "${text}" is not an id. Write ${type}:ID, or ${type} alone for any.`);
  }
}

function requireOperation(name: string): void {
  if (Object.hasOwn(operations, name)) return;
  const similar = similarNames(name, Object.keys(operations));
  const advice = similar.length === 0 ? "See: projo call --help" : `Did you mean ${choiceOf(similar)}?`;
  throw usageError(`--target: there is no operation "${name}". ${advice}`);
}
