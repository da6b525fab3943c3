// The test kit for whole-server tests: a server with its own database, users, and calls by plain HTTP.
export { bySuite, LONG_TEST_MS } from "@projostack/db/testing";
export { Browser, cookieMode, setCookiesOf, signInWithCookie, type SetCookie } from "./browser.ts";
export { hasBalancer, noBalancer, startBalancer, type Balancer } from "./balancers/balancer.ts";
export { freePorts } from "./balancers/free-ports.ts";
export { bytesOf, call, idsOf, send, type Answer, type Call } from "./call.ts";
export { hasChromium, noChromium, startChromium } from "./chromium.ts";
export { cookieFetch } from "./cookie-fetch.ts";
export { problemOfMessage } from "./declared-message.ts";
export {
  again,
  arrive,
  arriveUnverified,
  foundWorkspace,
  join,
  password,
  plantWorkspace,
  signIn,
  signUp,
  startSession,
  type Person,
} from "./people.ts";
export { eventually, mailFor, mailsOf, readMail, type ReadMail } from "./read-mail.ts";
export { startSmtpServer, type SmtpServer } from "./smtp-server.ts";
export { readStream } from "./read-stream.ts";
export { expiredAccessToken } from "./tokens.ts";
export { programOf, runOperator, startProgram } from "./programs.ts";
export { startServerOver, startTestServer, type TestServer } from "./test-server.ts";
export { layWatchedWire, type WatchedWire } from "./watched-wire.ts";
export { layWire, type Wire } from "./wire.ts";
