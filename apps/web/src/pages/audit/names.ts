import type { AuditEntry } from "@projostack/sdk";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { queryKeys } from "../../api/query-keys.ts";
import { useWorkspace, type CurrentWorkspace } from "../../api/workspace-context.ts";
import { auditTexts as texts } from "../../texts/audit.ts";

/** The names of members and service keys by their ids. The log contains the ids only. */
export interface Names {
  readonly members: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<string, string>;
}

/** Larger workspaces show the ids of the others. */
const MAX_NAMES = 500;
const none: Names = { members: new Map(), keys: new Map() };

/** Reads the names once. The log is shown with ids until then, and if it fails. */
export function useNames(): Names {
  const { id, api, can } = useWorkspace();
  const withKeys = can("key:manage");
  const { data } = useQuery({
    queryKey: queryKeys.inWorkspace(id, "audit", "names", withKeys),
    queryFn: async ({ signal }) => await readNames(api, withKeys, signal),
  });
  return useMemo(() => data ?? none, [data]);
}

async function readNames(
  api: CurrentWorkspace["api"],
  withKeys: boolean,
  signal: AbortSignal,
): Promise<Names> {
  const members = new Map<string, string>();
  for await (const { userId, email } of api.members.list({ limit: 100 }, { signal })) {
    members.set(userId, email);
    if (members.size >= MAX_NAMES) break;
  }
  const keys = new Map<string, string>();
  if (!withKeys) return { members, keys };
  for await (const { id, name } of api.serviceKeys.list({ limit: 100 }, { signal })) {
    keys.set(id, name);
    if (keys.size >= MAX_NAMES) break;
  }
  return { members, keys };
}

export function actorText({ actor: { kind, userId, keyId } }: AuditEntry, { members, keys }: Names): string {
  if (kind === "user") return members.get(userId ?? "") ?? texts.actors.formerMember;
  if (kind === "key") return texts.actors.key(keys.get(keyId ?? ""));
  return texts.actors[kind];
}

export const actionText = (action: string): string =>
  Object.hasOwn(texts.actions, action) ? texts.actions[action as keyof typeof texts.actions] : action;

/** The kind of the target and its name, if the entry or the workspace knows it. */
export function targetText({ target, before, after, email }: AuditEntry, { members, keys }: Names): string {
  const { type, id } = target;
  const kind = texts.targets[type] ?? type;
  const known = type === "member" ? members.get(id) : type === "key" ? keys.get(id) : undefined;
  const recorded = before?.["title"] ?? before?.["name"] ?? after?.["title"] ?? after?.["name"];
  const name = known ?? email ?? (type === "operation" ? id : recorded);
  return name === undefined || name === null ? kind : `${kind} ${name}`;
}
