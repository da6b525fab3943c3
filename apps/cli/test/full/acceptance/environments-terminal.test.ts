// The packed and installed program in terminals that are narrow, without UTF-8 or without escape sequences, while the server takes
// 6 seconds for a request.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, openSignedIn, type Shell } from "../../kit.ts";
import { hasTerminal, noTerminal, openTerminal, type Terminal } from "../../pty/terminal.ts";
import { installedProgram } from "../installed-program.ts";
import { type Gateway, startGateway } from "../../gateway.ts";

const waitingLines = (screen: string) => screen.split("\n").filter((line) => /Waiting for/.test(line));

describe.skipIf(!hasTerminal)(`a terminal${noTerminal}`, () => {
  let folder: string;
  let program: string;
  let server: TestServer;
  let gateway: Gateway;
  let shell: Shell;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "projo-terminals-"));
    const [installed, started] = await Promise.all([installedProgram(), startTestServer()]);
    ({ program } = installed);
    server = started;
    gateway = await startGateway(server.url);
    shell = await openSignedIn(gateway.url);
    await expectDone(shell.projo(["projects", "create", "Website"]));
    await writeFile(join(shell.home, "rows.csv"), `project,title\n${"Docs,Row\n".repeat(3_000)}`);
  }, 300_000);

  afterAll(async () => {
    await shell?.close();
    await gateway?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the work in a terminal of its own, in which the cursor is visible and lines are wrapped at the end. */
  async function inTerminal(
    {
      columns = 80,
      ...env
    }: { columns?: number; LC_ALL?: string; TERM?: string; NODE_OPTIONS?: string; HOME?: string },
    work: (terminal: Terminal) => Promise<void>,
  ): Promise<void> {
    const variables = { ...env, PROJO_URL: gateway.url };
    const terminal = await openTerminal({ home: shell.home, program, columns, env: variables });
    try {
      await work(terminal);
      expect(await terminal.state()).toMatchObject({ isCursorVisible: true, wrapsLines: true });
    } finally {
      await terminal.close();
    }
  }

  /** Runs a list that waits. @returns the number of lines that showed the wait */
  async function waitIn(
    options: { columns?: number; LC_ALL?: string },
    expected: RegExp,
    listed = "Website",
  ): Promise<number> {
    let lines = 0;
    await inTerminal(options, async (terminal) => {
      await terminal.start("projo projects list");
      lines = waitingLines(await terminal.waitFor(expected)).length;
      expect(await terminal.ended()).toBe(0);
      const after = await terminal.screen();
      expect(waitingLines(after)).toEqual([]);
      expect(after).toContain(listed);
    });
    return lines;
  }

  it("shows a wait of 6 seconds in one line that fits, in the characters of its locale, and removes it", async () => {
    gateway.behaviour = { delayMs: 6_000 };
    const linesOfWaits = await Promise.all([
      waitIn({}, /^ [⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Waiting for the server \([2-5] s\)$/m),
      waitIn({ LC_ALL: "C" }, /^ [|/\\-] Waiting for the server \([2-5] s\)$/m),
      // There is room for the ids only.
      waitIn({ columns: 20 }, /^ . Waiting for the$/m, "\nID\n01"),
    ]);
    expect(linesOfWaits).toEqual([1, 1, 1]);
  });

  it("shows no wait without escape sequences, with --quiet and for an output in a pipe", async () => {
    gateway.behaviour = { delayMs: 2_000 };
    const none = (line: string, env: { TERM?: string } = {}) =>
      inTerminal(env, async (terminal) => {
        const before = gateway.arrived.length;
        await terminal.start(line);
        await expect.poll(() => gateway.arrived.length, { timeout: 30_000 }).toBeGreaterThan(before);
        await new Promise((resolve) => setTimeout(resolve, 1_200));
        expect(await terminal.screen()).not.toContain("Waiting");
        expect(await terminal.ended()).toBe(0);
      });
    await Promise.all([
      none("projo projects list", { TERM: "dumb" }),
      none("projo projects list --quiet"),
      none("projo projects list | cat"),
    ]);
  });

  it("is as before after --timeout and after a stopped wait, and one line says what may have happened", async () => {
    gateway.behaviour = { delayMs: 6_000 };
    const check =
      "The server may have carried it out. Before you run the command again, see: projo projects list";
    await Promise.all([
      inTerminal({ columns: 200 }, async (terminal) => {
        expect(await terminal.run("projo projects create Late --timeout 2")).toBe(1);
        expect((await terminal.screen()).split("\n").slice(1, -1)).toEqual([
          `projo: The server took longer than --timeout 2 allows. ${check}`,
        ]);
      }),
      inTerminal({ columns: 200 }, async (terminal) => {
        await terminal.start("projo projects create Late");
        await terminal.waitFor("Waiting for the server (2 s)");
        await terminal.press("C-c");
        expect(await terminal.ended()).toBe(130);
        // The terminal itself shows ^C, on the line of the wait.
        const [stopped, ...rest] = (await terminal.screen()).split("\n").slice(1, -1);
        expect(stopped?.replace(/^\s*\^C/, "")).toBe(`projo: Stopped. ${check}`);
        expect(rest).toEqual([]);
      }),
    ]);
  });

  it("shows the progress of an import in one line of 20 columns in ASCII, and where it stopped", async () => {
    gateway.behaviour = { delayMs: 250 };
    await inTerminal({ columns: 20, LC_ALL: "C" }, async (terminal) => {
      await terminal.start("projo tasks import rows.csv");
      const screen = await terminal.waitFor(/^ \d+%  \d+ rows$/m);
      expect(screen).not.toMatch(/[█░]/);
      await terminal.press("C-c");
      expect(await terminal.ended()).toBe(130);
      const text = (await terminal.screen()).replaceAll("\n", "");
      expect(text).toMatch(/projo: Stopped\. .*Run the same\s*command again to\s*continue\./);
      expect(text).not.toMatch(/%  \d+ rows/);
    });
  });

  it.each([
    ["throws", "throw new Error('Broken.')", /^projo: projo failed because of a bug: Broken\. /m],
    ["waits for nothing", "process.stdin.unref()", /Email/],
  ])(
    "is as before, and the exit code is 1, after a prompt of a program that %s",
    async (_what, bug, shown) => {
      const file = join(folder, "bug.cjs");
      await writeFile(
        file,
        `setTimeout(() => { ${bug} }, process.argv.includes("login") ? 2_000 : 2 ** 30).unref()`,
      );
      await inTerminal({ HOME: folder, NODE_OPTIONS: `--require=${file}` }, async (terminal) => {
        await terminal.start("projo login");
        await terminal.waitFor("Email");
        expect(await terminal.ended()).toBe(1);
        expect(await terminal.screen()).toMatch(shown);
      });
    },
  );
});
