// The same file of calls passes in each runtime, with the packed SDK and a real server.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  startTestServer,
  type TestServer,
  hasChromium,
  noChromium,
  startChromium,
} from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cachedBinary, downloadBinary, runtimes } from "./kit/binaries.ts";
import { buildPrograms, type Programs } from "./kit/programs.ts";
import { openSite } from "./kit/site.ts";
import type { InPage } from "./program/in-page.ts";
import type { Outcome } from "./program/scenarios.ts";

/** In the page: ./program/in-page.ts defines it. */
declare const inPage: () => InPage;

const run = promisify(execFile);
const isCi = process.env["CI"] === "true";
const isFull = process.env["PROJO_TEST_FULL"] === "1";

let server: TestServer;
let programs: Programs;

beforeAll(async () => {
  [server, programs] = await Promise.all([startTestServer(), buildPrograms()]);
});
afterAll(async () => {
  await programs?.remove();
  await server?.close();
});

let runCount = 0;

/** @returns the outcomes of the program in the binary */
async function outcomesOf(binary: string, flags: readonly string[], program: string): Promise<Outcome[]> {
  const site = await openSite(server);
  const directory = await mkdtemp(join(tmpdir(), "projo-runtime-"));
  try {
    const args = [...flags, program, site.url, `runtime-${(runCount += 1)}`, join(directory, "sessions")];
    const env = { ...process.env, DENO_DIR: join(directory, "deno"), NO_COLOR: "1" };
    const { stdout } = await run(binary, args, { cwd: programs.folder, env });
    return JSON.parse(stdout) as Outcome[];
  } finally {
    await rm(directory, { recursive: true, force: true });
    await site.close();
  }
}

/** Each scenario runs with two stores. */
const SCENARIOS = 14;

/** @returns the scenarios that failed */
function problemsIn(outcomes: readonly Outcome[]): Outcome[] {
  expect(outcomes).toHaveLength(SCENARIOS);
  return outcomes.filter(({ problem }) => problem !== undefined);
}

describe("the packed SDK passes the same scenarios", () => {
  it.each(["in-node.mjs", "in-node.cjs"])("in this Node.js, as %s", async (program) => {
    expect(problemsIn(await outcomesOf(process.execPath, [], program))).toEqual([]);
  });

  for (const runtime of runtimes) {
    const cached = cachedBinary(runtime);
    const isSkipped = cached === undefined && !(isFull || (isCi && runtime.isRequired));
    const reason = isSkipped ? " (skipped: pnpm test:full downloads it)" : "";
    it.skipIf(isSkipped).concurrent(
      `in ${runtime.name}${isFull ? ", with import and with require" : ""}${reason}`,
      async ({ skip }) => {
        const binary = await downloadBinary(runtime).catch((error: unknown) => {
          if (isCi && runtime.isRequired) throw error;
          return skip(`${runtime.name} cannot be downloaded.`);
        });
        for (const program of isFull ? ["in-node.mjs", "in-node.cjs"] : ["in-node.mjs"]) {
          expect(problemsIn(await outcomesOf(binary, runtime.flags, program))).toEqual([]);
        }
      },
      300_000,
    );
  }

  it.runIf(isCi)("CI has a Chromium", () => expect(hasChromium, noChromium).toBe(true));

  it.skipIf(!hasChromium)(`in Chromium${hasChromium ? "" : ` (${noChromium})`}`, async () => {
    const site = await openSite(server, { script: programs.pageScript });
    const browser = await startChromium(["site.example"]);
    try {
      // Browsers treat loopback as secure. Another name without TLS has neither Web Locks nor crypto.randomUUID.
      for (const origin of [site.url, `http://site.example:${site.port}`]) {
        const page = await browser.newPage();
        await page.goto(origin);
        const isSecure = await page.evaluate(
          () => (globalThis as { isSecureContext?: boolean }).isSecureContext,
        );
        expect(isSecure).toBe(origin === site.url);
        const name = `chromium-${(runCount += 1)}`;
        const outcomes = await page.evaluate((each) => inPage().runScenarios(each), name);
        expect(problemsIn(outcomes)).toEqual([]);
      }
    } finally {
      await browser.close();
      await site.close();
    }
  });
});
