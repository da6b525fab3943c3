// A stand-in for a server in unit tests: `@projostack/sdk/testing`. It needs no test framework and no network.
export { callOf } from "./testing/call-of.ts";
export { connectionFailure, projoError, type ErrorOptions } from "./testing/failures.ts";
export { listOf, type ListOptions } from "./testing/list-of.ts";
export {
  createTestClient,
  type AnswerFor,
  type Answers,
  type CookieAnswerFor,
  type CookieAnswers,
  type CookieTestClient,
  type CookieTestClientOptions,
  type Handler,
  type TestCall,
  type TestClient,
  type TestClientOptions,
} from "./testing/test-client.ts";
