import type { Target } from "../../dataset/data-set.ts";
import type { Testbed } from "../../testbed/testbed.ts";

/** Returns the targets of one workspace other than the biggest. @throws RangeError if there is none */
export function quietTargets({ data }: Testbed): Target[] {
  const biggest = data.biggest[0]?.workspaceId;
  const quiet = data.targets.find(({ workspaceId }) => workspaceId !== biggest);
  if (!quiet) throw new RangeError("All targets are in the biggest workspace.");
  return data.targets.filter(({ workspaceId }) => workspaceId === quiet.workspaceId);
}
