import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestServer, type TestServer } from "../kit/index.ts";
import { hasSlowhttptest, noSlowhttptest, runSlowhttptest } from "../kit/slowhttptest.ts";

const isNeeded = hasSlowhttptest || process.env["CI"] === "true";

describe.skipIf(!isNeeded)(`F6 slowhttptest${isNeeded ? "" : ` (${noSlowhttptest})`}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      PROJO_HEADERS_SECONDS: "2",
      PROJO_REQUEST_SECONDS: "3",
      PROJO_UNREAD_SECONDS: "1",
      PROJO_IDLE_SECONDS: "2",
    });
  });
  afterAll(() => server.close());

  const CONNECTIONS = ["-c", "60", "-r", "60"];
  it.each([
    ["slow headers", ["-H", "-i", "1"], "system.health"],
    ["a slow body", ["-B", "-i", "1", "-s", "8192", "-t", "POST", "-f", "application/json"], "auth.signIn"],
    ["many ranges", ["-R", "-a", "5", "-b", "500", "-t", "HEAD"], "system.health"],
    ["slow reading", ["-X", "-w", "1", "-y", "2", "-n", "1", "-z", "500", "-k", "10"], "system.health"],
  ])(
    "with %s: the server closes every connection in time, and serves other clients meanwhile",
    async (_, how, path) => {
      const longestSeconds = 20;
      const running = runSlowhttptest(
        [...how, ...CONNECTIONS, "-u", `${server.url}/trpc/${path}`],
        longestSeconds,
      );
      await new Promise((passed) => setTimeout(passed, 1_000));
      expect((await call(server.url, "system.health")).status).toBe(200);
      const { output, tookMs } = await running;
      expect(output).toContain("No open connections left");
      expect(tookMs).toBeLessThan(longestSeconds * 1_000);
      expect(server.logLines.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
    },
  );
});
