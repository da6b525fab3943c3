// Shells on a pseudo-terminal of `script`, in which a test types.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

export const program = fileURLToPath(new URL("../../dist/projo.cjs", import.meta.url));

export const shellNames = ["bash", "zsh", "fish"] as const;
export type ShellName = (typeof shellNames)[number];

/** Returns true if the machine has the shell and a `script` of util-linux. In CI a missing one is a failure. */
export function isInstalled(name: ShellName): boolean {
  const isFound = [
    ["script", "--version"],
    [name, "--version"],
  ].every(([command = "", ...args]) => spawnSync(command, args).status === 0);
  if (!isFound && process.env["CI"] === "true")
    throw new Error(`Install script and ${name}: the tests need them.`);
  return isFound;
}

export interface Typist {
  /** Types the keys and Enter, and returns the arguments with which projo was then run. */
  readonly run: (keys: string) => Promise<string[]>;
  /** Types the keys, waits until the terminal shows the text, and empties the line. */
  readonly see: (keys: string, text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Place {
  /** A directory for the files of the shell. */
  readonly directory: string;
  readonly home: string;
  readonly url: string;
}

/** Starts the shell with the script of `projo completion`. `projo` itself records its arguments and runs completions only. */
export async function openRealShell(name: ShellName, { directory, home, url }: Place): Promise<Typist> {
  const bin = join(directory, "bin");
  const record = join(directory, `${name}.ndjson`);
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "record.cjs"), RECORD);
  await writeFile(
    join(bin, "projo"),
    `#!/bin/sh
case "$1" in
  __complete | completion) exec '${process.execPath}' '${program}' "$@" ;;
  *) exec '${process.execPath}' '${join(bin, "record.cjs")}' "$@" ;;
esac
`,
  );
  await chmod(join(bin, "projo"), 0o755);
  await writeFile(record, "");
  const env = {
    PATH: `${bin}:${process.env["PATH"]}`,
    HOME: home,
    PROJO_URL: url,
    TERM: "xterm",
    LC_ALL: "C.UTF-8",
    // The machine of a test can be busy.
    PROJO_COMPLETION_TIMEOUT: "60",
  };
  const command = await starts[name](directory, home, env);
  const child = spawn("script", ["--quiet", "--command", command, "/dev/null"], {
    cwd: directory,
    env: { ...env, RECORD: record, ZDOTDIR: directory },
  });
  let shown = "";
  child.stdout.on("data", (text: Buffer) => (shown += text.toString()));
  const closed = once(child, "close");
  const waitFor = (text: string) =>
    vi.waitFor(
      () => {
        if (!shown.includes(text)) throw new Error(`${name} does not show ${text}: ${JSON.stringify(shown)}`);
      },
      { timeout: 60_000, interval: 50 },
    );
  await waitFor("READY>");
  const lines = async () => (await readFile(record, "utf8")).split("\n").slice(0, -1);
  return {
    async run(keys) {
      const before = await lines();
      shown = "";
      child.stdin.write(`${keys}\r`);
      const line = await vi.waitFor(
        async () => {
          const last = (await lines())[before.length];
          if (last === undefined) throw new Error(`${name} ran no command: ${JSON.stringify(shown)}`);
          return last;
        },
        { timeout: 60_000, interval: 50 },
      );
      await waitFor("READY>");
      return JSON.parse(line) as string[];
    },
    async see(keys, text) {
      shown = "";
      child.stdin.write(keys);
      await waitFor(text);
      shown = "";
      // Ctrl-U empties the line.
      child.stdin.write("\u0015");
    },
    async close() {
      child.stdin.write("\u0015exit\r");
      child.stdin.end();
      await closed;
    },
  };
}

const RECORD = `require("node:fs").appendFileSync(process.env.RECORD, JSON.stringify(process.argv.slice(2)) + "\\n");\n`;

type Start = (directory: string, home: string, env: Record<string, string>) => Promise<string>;

/** Each writes the start file of the shell and returns the command that starts it. */
const starts: Readonly<Record<ShellName, Start>> = {
  async bash(directory) {
    await writeFile(join(directory, "bashrc"), `source <(projo completion bash)\nPS1='READY> '\n`);
    return `bash --noprofile --rcfile '${join(directory, "bashrc")}' -i`;
  },
  async zsh(directory) {
    const lines = [
      "autoload -Uz compinit && compinit -u -D",
      "source <(projo completion zsh)",
      "PS1='READY> '",
      "unsetopt prompt_cr prompt_sp",
    ];
    await writeFile(join(directory, ".zshrc"), `${lines.join("\n")}\n`);
    return "zsh -i";
  },
  async fish(_directory, home, env) {
    const { stdout } = spawnSync(process.execPath, [program, "completion", "fish"], {
      env,
      encoding: "utf8",
    });
    const files = join(home, ".config", "fish");
    await mkdir(join(files, "completions"), { recursive: true });
    // At its first start, fish generates completions from all man pages, unless this directory exists.
    await mkdir(join(home, ".local", "share", "fish", "generated_completions"), { recursive: true });
    await writeFile(join(files, "completions", "projo.fish"), stdout);
    const config = "set -g fish_greeting\nfunction fish_prompt\n  echo -n 'READY> '\nend\n";
    await writeFile(join(files, "config.fish"), config);
    return "fish -i";
  },
};
