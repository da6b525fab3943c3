// What the built program shows in a terminal while it works, and how it ends when it is stopped.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, type Behaviour, type Gateway, startGateway } from "../gateway.ts";
import { expectDone, openSignedIn, type Shell } from "../kit.ts";
import { hasTerminal, isRunning, noTerminal, openTerminal, type Terminal } from "./terminal.ts";

/** Refuses the next request. */
function refusingOnce(refusal: Answer): Behaviour {
  let isRefused = false;
  return {
    instead: () => {
      if (isRefused) return undefined;
      isRefused = true;
      return refusal;
    },
  };
}

const ofProxy = (seconds: number): Answer => ({
  status: 429,
  headers: { "retry-after": String(seconds), "content-type": "text/plain" },
  body: "Too many requests.",
});

const ofServer = (seconds: number): Answer => ({
  status: 429,
  headers: { "retry-after": String(seconds), "content-type": "application/json" },
  body: JSON.stringify({
    error: {
      message: "Too many requests.",
      code: -32029,
      data: {
        code: "TOO_MANY_REQUESTS",
        httpStatus: 429,
        reason: "limit.exceeded",
        requestId: "-",
        retryAfter: seconds,
      },
    },
  }),
});

describe.skipIf(!hasTerminal)(`work in a terminal${noTerminal}`, () => {
  let server: TestServer;
  let gateway: Gateway;
  let shell: Shell;
  let terminal: Terminal;

  beforeAll(async () => {
    server = await startTestServer();
    gateway = await startGateway(server.url);
    shell = await openSignedIn(gateway.url);
    await expectDone(shell.projo(["projects", "create", "Website"]));
    const rows = Array.from({ length: 20_000 }, (_, row) => `Docs,Row ${row}`).join("\n");
    await writeFile(join(shell.home, "rows.csv"), `project,title\n${rows}\n`);
  });

  afterAll(async () => {
    await shell?.close();
    await gateway?.close();
    await server?.close();
  });

  const open = async (env: Record<string, string> = {}) => {
    await terminal?.close();
    terminal = await openTerminal({ home: shell.home, env: { PROJO_URL: gateway.url, ...env } });
  };

  beforeEach(async () => {
    gateway.behaviour = {};
    await open();
  });
  afterEach(() => terminal?.close());

  const expectRestored = async () =>
    expect(await terminal.state()).toMatchObject({ isCursorVisible: true, wrapsLines: true });

  it("a wait for the server is shown and removed before the output", async () => {
    gateway.behaviour = { delayMs: 1_500 };
    await terminal.start("projo projects list");
    await terminal.waitFor("Waiting for the server");
    expect(await terminal.ended()).toBe(0);
    const screen = await terminal.screen();
    expect(screen).toContain("Website");
    expect(screen).not.toContain("Waiting");
    await expectRestored();
  });

  it.each([
    ["into a pipe", "projo projects list | cat", {}],
    ["in a terminal without escape sequences", "projo projects list", { TERM: "dumb" }],
  ])("a wait is not shown %s", async (_where, line, env) => {
    await open(env);
    gateway.behaviour = { delayMs: 1_500 };
    const before = gateway.arrived.length;
    await terminal.start(`(${line}) 2> >(tee errors.txt >&2)`);
    expect(await terminal.ended()).toBe(0);
    expect(gateway.arrived.length).toBeGreaterThan(before);
    expect(await readFile(join(shell.home, "errors.txt"), "utf8")).toBe("");
  });

  it("a pause that the server asks for is counted down", async () => {
    gateway.behaviour = refusingOnce(ofProxy(2));
    await terminal.start("projo projects list");
    await terminal.waitFor(/The server limits the requests\. Continuing in [12] s/);
    expect(await terminal.ended()).toBe(0);
    expect(await terminal.screen()).not.toContain("Continuing");
  });

  it.each([
    ["the server", ofServer(400), "You sent too many or too expensive requests."],
    ["a proxy", ofProxy(400), "a proxy limits the calls."],
  ])("a pause of %s that is too long is named with its end", async (_who, refusal, cause) => {
    gateway.behaviour = refusingOnce(refusal);
    expect(await terminal.run("projo projects list")).toBe(1);
    const screen = (await terminal.screen()).replaceAll("\n", "");
    expect(screen).toContain(`${cause} Try again in 7 minutes.`);
  });

  it("a command that is stopped says what may have been carried out", async () => {
    gateway.behaviour = { delayMs: 10_000 };
    await terminal.start("projo projects create Late");
    await terminal.waitFor("Waiting for the server");
    await terminal.press("C-c");
    expect(await terminal.ended()).toBe(130);
    expect((await terminal.screen()).replaceAll("\n", "")).toContain(
      "projo: Stopped. The server may have carried it out. Before you run the command again, see: projo projects list",
    );
    await terminal.start("projo projects list");
    await terminal.waitFor("Waiting for the server");
    await terminal.signal("SIGTERM");
    expect(await terminal.ended()).toBe(143);
    await expectRestored();
  });

  it("--timeout ends a command that waits", async () => {
    gateway.behaviour = { delayMs: 10_000 };
    expect(await terminal.run("projo projects list --timeout 1")).toBe(1);
    expect(await terminal.screen()).toContain("The server took longer than --timeout 1 allows.");
    await expectRestored();
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("an import says at %s where it stopped and how to go on", async (signal, code) => {
    gateway.behaviour = { delayMs: 150 };
    await terminal.start("projo tasks import rows.csv");
    await terminal.waitFor(/\d%  \d+ rows/);
    await terminal.signal(signal);
    expect(await terminal.ended()).toBe(code);
    const screen = (await terminal.screen()).replaceAll("\n", "");
    expect(screen).toMatch(/projo: Stopped\. .*Run the same command again to continue\./);
    expect(screen).not.toMatch(/\d%  \d+ rows/);
    await expectRestored();
  });

  it("a bar survives a resized terminal, and a message has lines of its own", async () => {
    gateway.behaviour = { delayMs: 150 };
    await terminal.start("projo tasks import rows.csv");
    await terminal.waitFor(/\d%  \d+ rows$/);
    await terminal.resize(30, 10);
    // The bar is as wide as the terminal allows, once the program knows the width.
    await terminal.waitFor(/^ [█░]{5} \d+%  \d+ rows$/m);
    await terminal.resize(100, 24);
    await terminal.waitFor(/^ [█░]{30} \d+%  \d+ rows$/m);
    gateway.behaviour = { delayMs: 150, ...refusingOnce(ofServer(3)) };
    const screen = await terminal.waitFor("waits 3 seconds and continues.");
    expect(screen).toMatch(/^The server limits the work per minute\. The import waits 3 seconds/m);
    const shown = await terminal.waitFor(/continues\.\n [█░]+ \d+%  \d+ rows/);
    expect(shown.match(/\d+%  \d+ rows/g)).toHaveLength(1);
    await terminal.press("C-c");
    expect(await terminal.ended()).toBe(130);
    await expectRestored();
  });

  it("an import ends when the terminal is closed", async () => {
    gateway.behaviour = { delayMs: 150 };
    await terminal.start("projo tasks import rows.csv");
    await terminal.waitFor(/\d%  \d+ rows/);
    const pids = await terminal.pids();
    expect(pids).toHaveLength(1);
    await terminal.close();
    await expect.poll(() => pids.filter(isRunning), { timeout: 10_000 }).toEqual([]);
  });

  it("a tail ends at SIGTERM with 143", async () => {
    await terminal.start("projo audit tail");
    await terminal.waitFor("Waiting for entries after");
    await terminal.signal("SIGTERM");
    expect(await terminal.ended()).toBe(143);
    await expectRestored();
  });
});
