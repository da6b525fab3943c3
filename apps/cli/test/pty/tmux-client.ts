// A tmux server with one session. One client sends all commands through its standard input in control mode (see "CONTROL MODE" in
// tmux(1)), because starting a process for each command takes a large program such as a test worker more time than the command.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface TmuxOptions {
  columns: number;
  rows: number;
  /** The home directory, which is also the working directory. */
  home: string;
  /** The program in the terminal, with its arguments. */
  program: readonly string[];
}

export interface Tmux {
  /** Runs a command of tmux. @returns what it prints, without the last line break */
  run: (...words: string[]) => Promise<string>;
  /** Types text without Enter. */
  type: (text: string) => Promise<void>;
  /** Returns the lines of the screen without trailing space. */
  screen: () => Promise<string>;
  /** Waits until the screen matches, for 30 seconds at most. @returns the screen */
  waitFor: (expected: string | RegExp) => Promise<string>;
  /** Ends the server, and so the program in the terminal. */
  close: () => Promise<void>;
}

interface Command {
  readonly words: readonly string[];
  readonly resolve: (output: string) => void;
  readonly reject: (error: Error) => void;
}

const MAX_WAIT_MS = 30_000;
/** Programs write a screen in several parts. */
const SETTLING_MS = 10;
/** The screen also changes when the size of the terminal does. */
const MAX_PAUSE_MS = 500;

export function startTmux({ columns, rows, home, program }: TmuxOptions): Tmux {
  // tmux can leave its socket.
  const directory = mkdtempSync(join(tmpdir(), "projo-tmux-"));
  const size = ["-x", String(columns), "-y", String(rows)];
  const session = ["new-session", "-f", "ignore-size", ...size, "-c", home, ...program];
  // A server without a client would outlive a worker that was killed.
  session.push(";", "set-option", "destroy-unattached", "on");
  const client = spawn("tmux", ["-u", "-S", join(directory, "socket"), "-f", "/dev/null", "-C", ...session], {
    env: { PATH: process.env["PATH"], HOME: home, LANG: "C.UTF-8" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const closed = once(client, "close");
  // A write fails after the server has ended, and "close" rejects the commands.
  client.stdin.on("error", () => {});

  const sent: Command[] = [];
  /** The number of the outputs of the program, and who waits for the next one. */
  let outputs = 0;
  let notify: (() => void) | undefined;
  let start: (() => void) | undefined;
  /** The server can read a command from standard input before it has created the session. */
  const started = new Promise<void>((resolve) => (start = resolve));
  let block: { readonly end: RegExp; readonly isAnswer: boolean; readonly lines: string[] } | undefined;
  createInterface({ input: client.stdout }).on("line", (line) => {
    if (!block) {
      const [, id, flags] = /^%begin (\d+ \d+) (\d)$/.exec(line) ?? [];
      // The flags of the answer to the arguments of the client are 0.
      if (id) block = { end: new RegExp(`^%(end|error) ${id} `), isAnswer: flags === "1", lines: [] };
      if (!line.startsWith("%output ")) return;
      outputs += 1;
      notify?.();
      return;
    }
    const end = block.end.exec(line);
    if (!end) {
      block.lines.push(line);
      return;
    }
    const output = block.lines.join("\n");
    if (!block.isAnswer) start?.();
    const command = block.isAnswer ? sent.shift() : undefined;
    block = undefined;
    if (end[1] === "end") command?.resolve(output);
    else command?.reject(new Error(`tmux ${command.words.join(" ")}: ${output}`));
  });
  void closed.then(() => {
    for (const { words, reject } of sent.splice(0))
      reject(new Error(`tmux ended before the command: ${words.join(" ")}`));
  });

  const run = async (...words: string[]): Promise<string> => {
    await Promise.race([started, closed]);
    return new Promise((resolve, reject) => {
      if (client.exitCode !== null) return reject(new Error("tmux has ended"));
      sent.push({ words, resolve, reject });
      client.stdin.write(`${words.map(quoted).join(" ")}\n`);
    });
  };

  const screen = async () =>
    (await run("capture-pane", "-p"))
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n")
      .trimEnd();

  /** Waits for an output after the first ones. */
  const outputAfter = async (count: number): Promise<void> => {
    if (outputs === count)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, MAX_PAUSE_MS);
        notify = () => {
          clearTimeout(timer);
          setTimeout(resolve, SETTLING_MS);
        };
      });
  };

  return {
    run,
    screen,
    type: async (text) => void (await run("send-keys", "-l", "--", text)),
    async waitFor(expected) {
      const giveUpAt = performance.now() + MAX_WAIT_MS;
      for (;;) {
        const count = outputs;
        const shown = await screen();
        if (typeof expected === "string" ? shown.includes(expected) : expected.test(shown)) return shown;
        if (performance.now() > giveUpAt)
          throw new Error(`The terminal does not show ${String(expected)}:\n${shown}`);
        await outputAfter(count);
      }
    },
    async close() {
      await run("kill-server").catch(() => undefined);
      await closed;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Quotes a word for the parser of tmux. A backslash and three octal digits are a character. */
const quoted = (word: string): string =>
  `"${word.replaceAll(/[^\w /.:=+@,-]/g, (character) =>
    character < "\u0080" ? `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}` : character,
  )}"`;
