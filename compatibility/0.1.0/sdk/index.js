export { createClient } from "./client.js";
export { isProjoError, isReason, ProjoConnectionError, ProjoError, ProjoTimeoutError, UnknownOperationError, } from "./errors.js";
export { foldText } from "./fold-text.js";
export { operations } from "./generated/operations.js";
export { memoryTokenStore } from "./session/token-store.js";
