import type { Target } from "../../dataset/data-set.ts";
import type { Testbed } from "../../testbed/testbed.ts";

/** The targets of one workspace that is not the biggest. @throws RangeError when there is none */
export function quietTargets({ data }: Testbed): Target[] {
  const biggest = data.biggest[0]?.workspaceId;
  const quiet = data.targets.find(({ workspaceId }) => workspaceId !== biggest);
  if (!quiet) throw new RangeError("All targets are in the biggest workspace.");
  return data.targets.filter(({ workspaceId }) => workspaceId === quiet.workspaceId);
}
