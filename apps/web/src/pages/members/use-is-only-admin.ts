import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../../api/query-keys.ts";
import { useWorkspace } from "../../api/workspace-context.ts";

/** Whether the user is the only admin of the workspace. Undefined until it is known; the server decides in any case. */
export function useIsOnlyAdmin(): boolean | undefined {
  const { id, api, workspace, me } = useWorkspace();
  const { data } = useQuery({
    queryKey: queryKeys.inWorkspace(id, "admins"),
    queryFn: async ({ signal }) => await api.members.list({ role: "admin", limit: 2 }, { signal }),
    enabled: workspace.role === "admin",
  });
  if (workspace.role !== "admin") return false;
  return data && data.items.length === 1 && data.items[0]?.userId === me.user.id;
}
