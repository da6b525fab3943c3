// A terminal for tests: tmux runs an interactive bash in a pseudo-terminal, and the built program runs in bash. So a test sees what
// a user sees, job control works, and the shell tells the exit code.
import { execFile, spawnSync } from "node:child_process";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { startTmux } from "./tmux-client.ts";

const run = promisify(execFile);
/** The built program, which terminals run by default. */
export const built = fileURLToPath(new URL("../../dist/projo.cjs", import.meta.url));

const isCi = process.env["CI"] === "true";
const hasTmux = spawnSync("tmux", ["-V"], { stdio: "ignore" }).status === 0;

/** True when tests in a terminal can run. In CI they run always, and fail without tmux. */
export const hasTerminal = process.platform !== "win32" && (hasTmux || isCi);

/** The end of the title of tests in a terminal. */
export const noTerminal = hasTerminal ? "" : " (skipped: this test needs tmux)";

export interface TerminalOptions {
  /** The home directory, which is also the working directory. */
  home: string;
  /** The program that `projo` runs; the built one by default. */
  program?: string;
  columns?: number;
  rows?: number;
  /** Undefined removes a variable that the terminal sets. */
  env?: Record<string, string | undefined>;
}

export interface Terminal {
  /** Types a command line and Enter. `projo` is the built program. */
  start: (line: string) => Promise<void>;
  /** Types a command line, and waits for its end. @returns the exit code */
  run: (line: string) => Promise<number>;
  /** Types text without Enter. */
  type: (text: string) => Promise<void>;
  /** Presses keys by the names of tmux: `Enter`, `Down`, `C-c`. */
  press: (...keys: string[]) => Promise<void>;
  /** Waits until the screen matches. @returns the screen */
  waitFor: (expected: string | RegExp) => Promise<string>;
  /** Waits for the end of the started command. @returns its exit code */
  ended: () => Promise<number>;
  /** Returns the lines of the screen without trailing space. */
  screen: () => Promise<string>;
  /** Returns the lines from this row on. A line that the terminal has wrapped is one line, as the program wrote it. */
  unwrapped: (fromRow: number) => Promise<string[]>;
  /** Removes everything but the prompt of the shell. @returns the prompt */
  clear: () => Promise<string>;
  /** What a program can leave changed behind it. */
  state: () => Promise<TerminalState>;
  resize: (columns: number, rows: number) => Promise<void>;
  /** Sends a signal to the running command. */
  signal: (name: NodeJS.Signals) => Promise<void>;
  /** The process ids of the running commands. */
  pids: () => Promise<number[]>;
  close: () => Promise<void>;
}

export interface TerminalState {
  isCursorVisible: boolean;
  wrapsLines: boolean;
  /** False if the last command left the terminal in raw mode, or without echo. */
  wasLeftCooked: boolean;
}

/** Opens a terminal, by default of 80 columns and 24 rows. Close it. */
export async function openTerminal({
  home,
  program = built,
  columns = 80,
  rows = 24,
  env = {},
}: TerminalOptions): Promise<Terminal> {
  await access(program).catch(() => {
    throw new Error("The program is not built. Run: npx -y pnpm@12 --filter @projostack/cli build");
  });
  const directory = await mkdtemp(join(tmpdir(), "projo-terminal-"));
  // The prompt has the number of the next command and the exit code of the last one.
  // The shell prepares the terminal for its own input after PROMPT_COMMAND.
  const modes = join(directory, "modes");
  const startup = `PROMPT_COMMAND='stty -a >${modes}'; PS1='[\\#:$?] '; projo() { "${process.execPath}" "${program}" "$@"; }\n`;
  await writeFile(join(directory, "bashrc"), startup);
  const unset = Object.keys(env).flatMap((name) => ["-u", name]);
  const set = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const bash = ["bash", "--noprofile", "--rcfile", join(directory, "bashrc"), "-i"];
  const tmux = startTmux({
    columns,
    rows,
    home,
    program: ["env", ...unset, ...set, ...bash],
  });
  const { screen, type, waitFor } = tmux;
  const press = async (...keys: string[]) => void (await tmux.run("send-keys", ...keys));

  let commands = 1;
  const start = async (line: string) => {
    await waitFor(new RegExp(`^\\[${commands}:\\d+\\]$`, "m"));
    await Promise.all([type(line), press("Enter")]);
    commands += 1;
  };
  const ended = async () => {
    const prompt = new RegExp(`\\[${commands}:(\\d+)\\]$`);
    return Number(prompt.exec(await waitFor(prompt))?.[1]);
  };
  const pids = async () => childrenOf(Number(await tmux.run("display-message", "-p", "#{pane_pid}")));

  const close = async () => {
    await tmux.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await waitFor("[1:0]");
  } catch (error) {
    await close();
    throw error;
  }
  return {
    start,
    ended,
    async run(line) {
      await start(line);
      return ended();
    },
    type,
    press,
    waitFor,
    screen,
    unwrapped: async (fromRow) =>
      (await tmux.run("capture-pane", "-p", "-J", "-S", String(fromRow)))
        .trimEnd()
        .split("\n")
        .map((line) => line.trimEnd()),
    async clear() {
      await press("C-l");
      return waitFor(new RegExp(`^\\[${commands}:\\d+\\]$`));
    },
    async state() {
      const [cursor, wrap] = (await tmux.run("display-message", "-p", "#{cursor_flag} #{wrap_flag}")).split(
        " ",
      );
      return {
        isCursorVisible: cursor === "1",
        wrapsLines: wrap === "1",
        wasLeftCooked: !/ -(?:icanon|echo|isig|opost)\b/.test(await readFile(modes, "utf8")),
      };
    },
    resize: async (width, height) =>
      void (await tmux.run("resize-window", "-x", String(width), "-y", String(height))),
    async signal(name) {
      for (const pid of await pids()) process.kill(pid, name);
    },
    pids,
    close,
  };
}

/** The processes that a process has started, and that have not ended. */
export async function childrenOf(pid: number): Promise<number[]> {
  const kernel = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => undefined);
  // Not every system has this file.
  const listed = kernel ?? (await run("ps", ["-o", "pid=", "--ppid", String(pid)]).catch(noOutput)).stdout;
  return listed.trim().split(/\s+/).filter(Boolean).map(Number);
}

/** `ps` fails when there are none. */
const noOutput = () => ({ stdout: "" });

/** Returns true while the process exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
