import { isReason } from "@projostack/sdk";
import type { QueryClient } from "@tanstack/react-query";
import { queryKeys } from "./query-keys.ts";

/**
 * Reads the workspace of the page again after a call that the role of the user does not allow. The role, or the membership, has
 * changed since the page read it. The page then offers what the new role allows.
 */
export function reloadAccess(queryClient: QueryClient, error: unknown): void {
  if (!isReason(error, "permission.denied", "workspace.not_found")) return;
  // The answer about the workspace itself is already the newest.
  if (error.operation === "workspaces.get") return;
  const [area] = queryKeys.workspace("");
  void queryClient.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === area && queryKey.length === 2,
  });
}
