// Takes the steps in a terminal, and records what each leaves on the screen.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { widthOf } from "../../../../src/terminal/fit.ts";
import { openTerminal, type Terminal, type TerminalState } from "../../../pty/terminal.ts";
import { normalise, type Place } from "./normalise.ts";
import type { Mailed, Step, Typed } from "./step.ts";

const run = promisify(execFile);

export interface Taken extends Step {
  readonly code: number;
  /** The lines that the program wrote, without those that differ from run to run. The terminal may have wrapped them. */
  readonly lines: readonly string[];
  readonly state: TerminalState;
}

export interface Walk {
  readonly columns: number;
  readonly taken: readonly Taken[];
}

interface Start {
  readonly url: string;
  /** Returns the token in a mail, when it has arrived. */
  readonly tokenOf: (mail: Mailed) => Promise<string>;
  readonly program: string;
  readonly columns: number;
  readonly steps: readonly Step[];
  /** Files in the home directory, by their names. */
  readonly files: Readonly<Record<string, string>>;
}

/** All screens fit, and the screen is cleared before each step. */
const ROWS = 200;

export async function walk({ url, tokenOf, program, columns, steps, files }: Start): Promise<Walk> {
  // Not in the directory of TMPDIR, whose length differs between machines.
  const home = await mkdtemp("/tmp/projo-home-");
  let terminal: Terminal | undefined;
  try {
    await mkdir(join(home, "bin"));
    for (const [name, content] of Object.entries(files))
      await writeFile(join(home, name), content, { mode: name.startsWith("bin/") ? 0o755 : 0o644 });
    terminal = await openTerminal({ home, program, columns, rows: ROWS, env: environment(home, url) });
    const taken: Taken[] = [];
    for (const step of steps) {
      try {
        taken.push(await take(terminal, step, { tokenOf, program, columns, place: { home, url } }));
      } catch (cause) {
        throw new Error(`at ${columns} columns: ${step.line}\n${await terminal.screen()}`, { cause });
      }
    }
    return { columns, taken };
  } finally {
    await terminal?.close();
    await rm(home, { recursive: true, force: true });
  }
}

const environment = (home: string, url: string) => ({
  PROJO_URL: url,
  TZ: "UTC",
  LANG: "C.UTF-8",
  LC_ALL: undefined,
  SHELL: "/bin/bash",
  TERM: "xterm-256color",
  BROWSER: join(home, "bin/browser"),
  // The program lives some hours later than the server, so that "3 hours ago" does not depend on the speed of the machine.
  NODE_OPTIONS: `--require ${join(home, "bin/later.cjs")}`,
  CI: undefined,
});

interface Surroundings extends Pick<Start, "tokenOf" | "program" | "columns"> {
  readonly place: Place;
}

async function take(terminal: Terminal, step: Step, surroundings: Surroundings): Promise<Taken> {
  const { line, answers } = step;
  const { columns, place } = surroundings;
  const prompt = await terminal.clear();
  await terminal.start(line);
  for (const [after, typed] of answers) {
    await terminal.waitFor(after);
    await answer(terminal, typed, surroundings);
  }
  const code = await terminal.ended();
  const rowsOfCommand = Math.ceil((widthOf(prompt) + 1 + widthOf(line)) / columns);
  const lines = (await terminal.unwrapped(rowsOfCommand)).slice(0, -1);
  return {
    ...step,
    code,
    lines: lines.map((text) => normalise(text, place)),
    state: await terminal.state(),
  };
}

async function answer(
  terminal: Terminal,
  typed: Typed,
  { tokenOf, program, place: { home, url } }: Surroundings,
): Promise<void> {
  if (typeof typed === "object" && "keys" in typed) {
    if (typed.arrived) await tokenOf(typed.arrived);
    return terminal.press(...typed.keys);
  }
  if (typeof typed === "object" && "meanwhile" in typed) {
    const env = { ...process.env, ...environment(home, url), HOME: home };
    await run(process.execPath, [program, ...typed.meanwhile], { cwd: home, env });
    return;
  }
  await terminal.type(typeof typed === "string" ? typed : await tokenOf(typed.token));
  await terminal.press("Enter");
}

/** Writes the steps as a user sees them, with the exit code after each. */
export const transcript = ({ columns, taken }: Walk): string =>
  taken
    .map(({ line, lines, code }) =>
      [`$ ${line}`, ...lines.flatMap((text) => wrapped(text, columns)), `[${code}]`, ""].join("\n"),
    )
    .join("\n");

/** Wraps a line as the terminal does. */
function wrapped(text: string, columns: number): string[] {
  const rows = [""];
  let width = 0;
  for (const character of text) {
    if (width + widthOf(character) > columns) {
      rows.push("");
      width = 0;
    }
    rows.push((rows.pop() ?? "") + character);
    width += widthOf(character);
  }
  return rows.map((row) => row.trimEnd());
}
