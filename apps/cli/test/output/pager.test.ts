// The built program in a real terminal: tmux. Without tmux these tests are skipped, but not in CI.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, openSignedIn, type Shell } from "../kit.ts";
import { childrenOf } from "../pty/terminal.ts";
import { startTmux, type Tmux } from "../pty/tmux-client.ts";

const program = fileURLToPath(new URL("../../dist/projo.cjs", import.meta.url));
const isPossible = ["tmux", "less"].every((name) => spawnSync(name, ["-V"]).status === 0);
const HEIGHT = 12;

it.runIf(process.env["CI"] === "true")("tmux and less are installed in CI", () => {
  expect(isPossible).toBe(true);
});

describe.skipIf(!isPossible)("a list on a terminal", () => {
  let tmux: Tmux;
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
    tmux = startTmux({ columns: 80, rows: HEIGHT, home: shell.home, program: ["sh"] });
    await type(
      `PS1='> '; HOME='${shell.home}'; PROJO_URL='${server.url}'; export HOME PROJO_URL; unset PAGER LESS`,
    );
    await type(`projo() { '${process.execPath}' '${program}' "$@"; echo "exit $? of $command"; }`);
  });

  afterAll(async () => {
    await tmux?.close();
    await shell?.close();
    await server?.close();
  });

  let command = 0;
  const type = (text: string) => tmux.type(`clear; command=${(command += 1)}; ${text}\n`);

  /** Returns the screen as soon as the last command has ended with exit code 0. */
  const ended = () => tmux.waitFor(new RegExp(`^exit 0 of ${command}$`, "m"));

  it("the list is in a pager if it is longer than the screen, and closing the pager early is no failure", async () => {
    await type("projo tasks list");
    const first = await tmux.waitFor(/^:$/m);
    expect(first).toContain("Task 30.");
    expect(first).not.toContain("exit");
    // Ctrl-C is for the pager, which goes on, also after a second one.
    for (const key of ["C-c", "C-c", "G"]) {
      await tmux.run("send-keys", key);
      // Two signals at once are one.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await tmux.waitFor(/Task 11\./);
    await tmux.run("send-keys", "q");
    expect(await ended()).toContain("There are more items");
  });

  it("SIGTERM ends the pager too, which would read the keys of the shell, and Ctrl-\\ is for the pager", async () => {
    await type("projo tasks list");
    await tmux.waitFor(/^:$/m);
    await tmux.run("send-keys", "C-\\");
    await tmux.run("send-keys", "G");
    await tmux.waitFor(/Task 11\./);
    const shellPid = Number(await tmux.run("display-message", "-p", "#{pane_pid}"));
    for (const pid of await childrenOf(shellPid)) process.kill(pid, "SIGTERM");
    await tmux.waitFor(new RegExp(`^exit 143 of ${command}$`, "m"));
    await type("echo typed");
    expect(await tmux.waitFor(/^typed$/m)).not.toContain("Task");
  });

  it("says so if the pager fails", async () => {
    await type("PAGER='less -R | cat' projo tasks list");
    expect(await ended()).toMatch(
      /The pager "less -R \| cat" ended with code 1\. To print without a pager, use/,
    );
  });

  it("the list is printed without a pager if it fits the screen, with --no-pager, and in a pipe", async () => {
    await type("projo tasks list --limit 8");
    expect(await ended()).toContain("Task 30.");
    await type("projo tasks list --no-pager");
    expect(await ended()).toContain("Task 11.");
    await type("projo tasks list | tail -n 3");
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
      await type(`${pager} projo tasks list`);
      expect(await ended(), pager).toContain("Task 11.");
    }
    await type("PAGER='sed -n \"s/Task 30./In the pager/p\"' projo tasks list");
    const changed = await ended();
    expect(changed).toContain("In the pager");
    expect(changed).not.toContain("Task 29.");
    // The reader ends before it has read everything.
    await type("PAGER='head -n 1' projo tasks list --all");
    expect(await ended()).not.toContain("Task 30.");
  });
});
