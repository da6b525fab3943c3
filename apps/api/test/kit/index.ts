// For tests of the whole: a real server over a database of its own, people, and calls as plain HTTP.
export { bytesOf, call, send, type Answer, type Call } from "./call.ts";
export { foundWorkspace, join, password, signIn, signUp, type Person } from "./people.ts";
export { startTestServer, type TestServer } from "./test-server.ts";
