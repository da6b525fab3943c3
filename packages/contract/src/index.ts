// The contract between callers and the server: every operation, its input and output, and the failure reasons.
export type { ApiRouter, ErrorShape } from "./api-router.ts";
export {
  accountActions,
  auditActionDescriptions,
  auditActions,
  type AccountAction,
  type AuditAction,
  type Records,
} from "./audit-actions.ts";
export { causes, messageOf, type CauseOf, type ReasonWithCauses, type ValuesOf } from "./causes.ts";
export {
  contract,
  operations,
  resourceDescriptions,
  type Contract,
  type NamedOperation,
} from "./contract.ts";
export { pointsOf, type Cost } from "./cost.ts";
export { currentRows, type CurrentRow, type ReasonWithRow } from "./current-rows.ts";
export {
  describeAccess,
  describeContract,
  describeCost,
  describeInSteps,
  isRequired,
  pageItem,
  plain,
  properties,
  type DescribedContract,
  type DescribedOperation,
  type JsonSchema,
} from "./describe-contract.ts";
export { readEmailAddress, type EmailAddressReading } from "./email-address.ts";
export {
  impliedReasons,
  type Access,
  type Example,
  type Kind,
  type Operation,
  type Repetition,
} from "./define.ts";
export { DEFAULT_ORDER, listOrders, type ListOrder } from "./fields/list-order.ts";
export { workspaceRows, type WorkspaceRows } from "./models/workspace-rows.ts";
export { MAX_TASK_COUNT, type ProjectInclude } from "./operations/projects.ts";
export { MAX_WORKSPACE_COUNT, type WorkspaceInclude } from "./operations/workspaces.ts";
export { workspaceTables, type WorkspaceTable } from "./operations/workspace-data.ts";
export { type ListedEntryInclude } from "./operations/audit.ts";
export { type ListedTaskInclude, taskStatuses, type TaskStatus } from "./operations/tasks.ts";
export type { ErrorData } from "./error-data.ts";
export { commonReasons, httpStatusOf, reasons, type ErrorCode, type Reason } from "./errors.ts";
export { sample } from "./sample.ts";
export {
  accessSentence,
  auditSentence,
  reasonGroups,
  repetitionSentence,
  type ReasonGroup,
} from "./operation-words.ts";
export { describeReason } from "./reasons/describe-reason.ts";
export type { ReasonDescription, Remedy } from "./reasons/reason-description.ts";
export { closeNames } from "./messages/close-names.ts";
export { errorMapOf } from "./messages/describe-issue.ts";
export {
  messageOfFieldErrors,
  readInput,
  type FieldErrors,
  type InputReading,
} from "./messages/read-input.ts";
