import { isProjoError } from "@projostack/sdk";
import type { WorkspaceClient } from "../connection/server.ts";

/** The names that belong to ids. Each is fetched once. */
export interface KnownNames {
  /** Fetches the names of a project and of a member, which `of` then returns. */
  load: (ids: { readonly projectId?: string; readonly userId: string }) => Promise<void>;
  /** Returns the name, or the id if the caller may not read it or it no longer exists: a member may have left. */
  of: (id: string) => string;
}

export function knownNames({ projects, members }: WorkspaceClient): KnownNames {
  const requests = new Map<string, Promise<void>>();
  const names = new Map<string, string>();
  const fetchOnce = (id: string, fetchName: () => Promise<string>): Promise<void> => {
    const request = requests.get(id) ?? nameOrNone(fetchName).then((name) => void names.set(id, name ?? id));
    requests.set(id, request);
    return request;
  };
  return {
    async load({ projectId, userId }) {
      await Promise.all([
        projectId === undefined ||
          fetchOnce(projectId, async () => (await projects.get({ id: projectId })).name),
        fetchOnce(userId, async () => (await members.get({ userId })).email),
      ]);
    },
    of: (id) => names.get(id) ?? id,
  };
}

async function nameOrNone(fetchName: () => Promise<string>): Promise<string | undefined> {
  try {
    return await fetchName();
  } catch (error) {
    const reason = isProjoError(error) ? error.reason : undefined;
    if (reason === "permission.denied" || reason?.endsWith(".not_found")) return undefined;
    throw error;
  }
}
