// For tests of the whole: a real server over a database of its own.
export { startTestServer, type TestServer } from "./test-server.ts";
