// What is said between a caller and the server: every operation, the shapes, the reasons of failure.
export type { ApiRouter, ErrorShape } from "./api-router.ts";
export {
  accountActions,
  auditActions,
  type AccountAction,
  type AuditAction,
  type Records,
} from "./audit-actions.ts";
export { contract, operations, type Contract, type NamedOperation } from "./contract.ts";
export { pointsOf, type Cost } from "./cost.ts";
export { impliedReasons, type Access, type Kind, type Operation } from "./define.ts";
export { commonReasons, reasons, type ErrorCode, type ErrorData, type Reason } from "./errors.ts";
