// A stand-in for a server in unit tests: `@projostack/sdk/testing`. It needs no test framework and no network.
export { callOf } from "./testing/call-of.js";
export { connectionFailure, projoError } from "./testing/failures.js";
export { listOf } from "./testing/list-of.js";
export { createTestClient, } from "./testing/test-client.js";
