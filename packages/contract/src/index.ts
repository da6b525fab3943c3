// The contract between callers and the server: every operation, its input and output, and the failure reasons.
export type { ApiRouter, ErrorShape } from "./api-router.ts";
export {
  accountActions,
  auditActions,
  type AccountAction,
  type AuditAction,
  type Records,
} from "./audit-actions.ts";
export { causes, messageOf, type CauseOf, type ReasonWithCauses, type ValuesOf } from "./causes.ts";
export { contract, operations, type Contract, type NamedOperation } from "./contract.ts";
export { pointsOf, type Cost } from "./cost.ts";
export { readEmailAddress, type EmailAddressReading } from "./email-address.ts";
export { impliedReasons, type Access, type Kind, type Operation } from "./define.ts";
export { taskStatuses, type TaskStatus } from "./operations/tasks.ts";
export {
  commonReasons,
  httpStatusOf,
  reasons,
  type ErrorCode,
  type ErrorData,
  type Reason,
} from "./errors.ts";
