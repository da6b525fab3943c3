import { useMutation, useQueryClient } from "@tanstack/react-query";
import { queryKeys } from "./query-keys.ts";
import { useWorkspace } from "./workspace-context.ts";

interface WorkspaceChange<Input, Output> {
  readonly change: (input: Input) => Promise<Output>;
  readonly onDone?: (output: Output) => void;
}

/**
 * A change in the workspace of the page. Afterwards the page reads its data again, also when the change was refused: the refusal
 * says that the data are no longer as shown.
 */
export function useWorkspaceChange<Input = void, Output = unknown>({
  change,
  onDone,
}: WorkspaceChange<Input, Output>) {
  const { id } = useWorkspace();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    // The cache would keep the functions of a closed dialog, and with them the state of the dialog, which can be a secret.
    gcTime: 0,
    onSuccess: (output) => onDone?.(output),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.workspace(id) }),
  });
}
