import { operations } from "../contract.ts";
import type { Reason } from "../errors.ts";
import { accountReasons } from "./account-reasons.ts";
import type { ReasonDescription } from "./reason-description.ts";
import { requestReasons } from "./request-reasons.ts";
import { workspaceReasons } from "./workspace-reasons.ts";

type Missing = Extract<Reason, `${string}.not_found`>;

/** The compiler reports a reason without an entry, except `<thing>.not_found`, which `describeMissing` describes. */
const descriptions: Record<Exclude<Reason, Missing>, ReasonDescription> &
  Partial<Record<Missing, ReasonDescription>> = { ...requestReasons, ...accountReasons, ...workspaceReasons };

/** Describes a thing that the caller cannot find, by the operation that lists such things. */
function describeMissing(reason: Reason): ReasonDescription {
  const [thing = ""] = reason.split(".");
  const declaring = operations.find(({ operation }) => operation.errors.includes(reason));
  const [resource = ""] = declaring?.name.split(".") ?? [];
  return {
    when: `The workspace has no ${thing} with this id. The answer is the same for a ${thing} of another workspace.`,
    remedy: "change",
    action: `List the ${resource} again with \`${resource}.list\`.`,
  };
}

/** Describes when a reason happens, and what a program does then. */
export const describeReason = (reason: Reason): ReasonDescription =>
  descriptions[reason] ?? describeMissing(reason);
