// The built program in a real terminal: tmux. Without tmux these tests are skipped, but not in CI.
import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { eventually, startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, openSignedIn, type Shell } from "../kit.ts";

const program = fileURLToPath(new URL("../../dist/projo.cjs", import.meta.url));
const isPossible = ["tmux", "less"].every((name) => spawnSync(name, ["-V"]).status === 0);
const HEIGHT = 12;

it.runIf(process.env["CI"] === "true")("tmux and less are installed in CI", () => {
  expect(isPossible).toBe(true);
});

describe.skipIf(!isPossible)("a list on a terminal", () => {
  const socket = `projo-${randomUUID()}`;
  let server: TestServer;
  let shell: Shell;

  beforeAll(async () => {
    server = await startTestServer();
    shell = await openSignedIn(server.url);
    const { out } = await expectDone(shell.projo(["projects", "create", "Website", "-q"]));
    const items = Array.from({ length: 30 }, (_, index) => ({
      projectId: out.trim(),
      title: `Task ${index + 1}.`,
    }));
    await expectDone(shell.projo(["call", "tasks.createMany", "-"], { stdin: JSON.stringify({ items }) }));
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", String(HEIGHT), "sh");
    tmux("set-option", "-g", "status", "off");
    type(
      `PS1='> '; HOME='${shell.home}'; PROJO_URL='${server.url}'; export HOME PROJO_URL; unset PAGER LESS`,
    );
    type(`projo() { '${process.execPath}' '${program}' "$@"; echo "exit $? of $command"; }`);
  });

  afterAll(async () => {
    if (server) tmux("kill-server");
    await shell?.close();
    await server?.close();
  });

  const tmux = (...args: string[]): string =>
    execFileSync("tmux", ["-L", socket, ...args], { encoding: "utf8" });
  const press = (...keys: string[]): string => tmux("send-keys", ...keys);
  let command = 0;
  const type = (text: string): string => press("-l", `clear; command=${(command += 1)}; ${text}\n`);

  /** Returns the screen as soon as it shows this. */
  const shows = (text: RegExp): Promise<string> =>
    eventually(() => {
      const screen = tmux("capture-pane", "-p");
      return text.test(screen) ? screen : undefined;
    }, 60);
  /** Returns the screen as soon as the last command has ended with exit code 0. */
  const ended = (): Promise<string> => shows(new RegExp(`^exit 0 of ${command}$`, "m"));

  it("the list is in a pager if it is longer than the screen, and closing the pager early is no failure", async () => {
    type("projo tasks list");
    const first = await shows(/^:$/m);
    expect(first).toContain("Task 30.");
    expect(first).not.toContain("exit");
    // Ctrl-C is for the pager, which goes on, also after a second one.
    press("C-c");
    press("C-c");
    press("G");
    await shows(/Task 11\./);
    press("q");
    expect(await ended()).toContain("There are more items");
  });

  it("the list is printed without a pager if it fits the screen, with --no-pager, and in a pipe", async () => {
    type("projo tasks list --limit 8");
    expect(await ended()).toContain("Task 30.");
    type("projo tasks list --no-pager");
    expect(await ended()).toContain("Task 11.");
    type("projo tasks list | tail -n 3");
    expect(await ended()).toContain("Task 12.");
  });

  it("the list is in the pager of PROJO_PAGER or PAGER, and printed if that pager is missing or empty", async () => {
    const pagers = [
      "PROJO_PAGER=no-such-pager",
      "PROJO_PAGER=",
      "PAGER=cat",
      "PROJO_PAGER=cat PAGER='head -n 1'",
    ];
    for (const pager of pagers) {
      type(`${pager} projo tasks list`);
      expect(await ended(), pager).toContain("Task 11.");
    }
    type("PAGER='sed -n \"s/Task 30./In the pager/p\"' projo tasks list");
    const changed = await ended();
    expect(changed).toContain("In the pager");
    expect(changed).not.toContain("Task 29.");
    // The reader ends before it has read everything.
    type("PAGER='head -n 1' projo tasks list --all");
    expect(await ended()).not.toContain("Task 30.");
  });
});
