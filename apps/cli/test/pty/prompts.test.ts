// Prompts of the built program in a terminal: how they end, and in which state they leave the terminal.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PASSWORD, type Shell } from "../kit.ts";
import { invite, openVerifiedAdmin } from "../people.ts";
import { built, hasTerminal, isRunning, noTerminal, openTerminal, type Terminal } from "./terminal.ts";

describe.skipIf(!hasTerminal)(`a prompt in a terminal${noTerminal}`, () => {
  let server: TestServer;
  let admin: Shell;
  /** The home directory of somebody who is not signed in. */
  let stranger: string;
  let link: string;
  let terminal: Terminal;

  beforeAll(async () => {
    server = await startTestServer();
    admin = await openVerifiedAdmin(server, "ann@example.com");
    link = await invite(admin, "bob@example.com");
    stranger = await mkdtemp(join(tmpdir(), "projo-home-"));
  });

  afterAll(async () => {
    await rm(stranger, { recursive: true, force: true });
    await admin?.close();
    await server?.close();
  });

  const open = async (home: string) => {
    terminal = await openTerminal({ home, env: { PROJO_URL: server.url } });
  };

  beforeEach(() => open(stranger));
  afterEach(() => terminal?.close());

  /** The cursor is visible again, and the shell shows its prompt. */
  const expectRestored = async () =>
    expect(await terminal.state()).toMatchObject({ isCursorVisible: true, wrapsLines: true });

  const prompts: readonly (readonly [kind: string, reach: () => Promise<void>])[] = [
    [
      "for a text",
      async () => {
        await terminal.start("projo login");
        await terminal.waitFor("Email");
      },
    ],
    [
      "for a password",
      async () => {
        await terminal.start("projo login ann@example.com");
        await terminal.waitFor("Password");
      },
    ],
    [
      "for a choice",
      async () => {
        await terminal.start("projo invites accept");
        await terminal.waitFor(/token|link/i);
        await terminal.type(link);
        await terminal.press("Enter");
        await terminal.waitFor(/● /);
      },
    ],
    [
      "for a confirmation",
      async () => {
        await terminal.close();
        await open(admin.home);
        await terminal.start("projo workspaces leave");
        await terminal.waitFor("Leave the workspace Acme?");
      },
    ],
  ];

  describe.each(prompts)("%s", (_kind, reach) => {
    it("ends at Ctrl-D with the code 130 and the terminal as it was", async () => {
      await reach();
      await terminal.press("C-d");
      expect(await terminal.ended()).toBe(130);
      expect(await terminal.screen()).toContain("projo: Stopped.");
      await expectRestored();
    });

    it("ends at SIGTERM with the code 143 and the terminal as it was", async () => {
      await reach();
      await terminal.signal("SIGTERM");
      expect(await terminal.ended()).toBe(143);
      await expectRestored();
    });
  });

  it("ends at Ctrl-C with 130, and at SIGHUP with 129", async () => {
    await terminal.start("projo login");
    await terminal.waitFor("Email");
    await terminal.press("C-c");
    expect(await terminal.ended()).toBe(130);
    await expectRestored();
    await terminal.start("projo login ann@example.com");
    await terminal.waitFor("Password");
    await terminal.signal("SIGHUP");
    expect(await terminal.ended()).toBe(129);
    await expectRestored();
  });

  it("deletes nothing and goes on at Ctrl-D after a text", async () => {
    await terminal.start("projo login");
    await terminal.waitFor("Email");
    await terminal.type("nobody@example.com");
    await terminal.press("C-d", "Enter");
    await terminal.waitFor("Password");
    await terminal.type(PASSWORD);
    await terminal.press("Enter");
    expect(await terminal.ended()).toBe(4);
    expect(await terminal.screen()).toContain("The email or the password is wrong.");
  });

  it("shows the cursor at Ctrl-Z, and appears again when the program continues", async () => {
    await terminal.start("projo login ann@example.com");
    await terminal.waitFor("Password");
    await terminal.type("lost");
    await terminal.press("C-z");
    expect(await terminal.ended()).toBe(148);
    await expectRestored();
    await terminal.start("fg");
    await terminal.waitFor(/Password[^]*fg[^]*Password/);
    await terminal.type(PASSWORD);
    await terminal.press("Enter");
    expect(await terminal.ended()).toBe(0);
    await expectRestored();
  });

  it("ends at SIGTERM after Ctrl-Z when the program continues, and at Ctrl-\\", async () => {
    await terminal.start("projo login ann@example.com");
    await terminal.waitFor("Password");
    const [pid = 0] = await terminal.pids();
    await terminal.press("C-z");
    expect(await terminal.ended()).toBe(148);
    process.kill(pid, "SIGTERM");
    await terminal.start("fg");
    expect(await terminal.ended()).toBe(143);
    await expectRestored();
    await terminal.start("projo login ann@example.com");
    await terminal.waitFor(/:143\][^]*Password/);
    await terminal.press("C-\\");
    expect(await terminal.ended()).toBe(130);
    await expectRestored();
  });

  it("ends the program when the terminal is closed", async () => {
    await terminal.start("projo login ann@example.com");
    await terminal.waitFor("Password");
    const [pid = 0] = await terminal.pids();
    expect(pid).toBeGreaterThan(0);
    await terminal.close();
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  });

  it("ends when its files were removed, as by an update, and it cannot say why", async () => {
    const copy = join(stranger, "copy");
    await cp(join(built, ".."), join(copy, "dist"), { recursive: true });
    await cp(join(built, "../../package.json"), join(copy, "package.json"));
    await terminal.close();
    terminal = await openTerminal({ home: stranger, program: join(copy, "dist/projo.cjs") });
    await terminal.start("projo login");
    await terminal.waitFor("Email");
    const [pid = 0] = await terminal.pids();
    await rm(copy, { recursive: true });
    await terminal.signal("SIGTERM");
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    await expectRestored();
  });

  it.each([
    [20, 5, {}],
    [80, 24, { TERM: undefined }],
    [80, 24, { TERM: "dumb", NO_COLOR: "1" }],
    [80, 24, { LC_ALL: "C" }],
  ])("works in a terminal of %d columns and %d rows with %o", async (columns, rows, env) => {
    await terminal.close();
    terminal = await openTerminal({
      home: stranger,
      columns,
      rows,
      env: { ...env, PROJO_URL: server.url },
    });
    await terminal.start("projo login ann@example.com");
    await terminal.waitFor("Password");
    await terminal.type(PASSWORD);
    await terminal.press("Enter");
    expect(await terminal.ended()).toBe(0);
  });
});
