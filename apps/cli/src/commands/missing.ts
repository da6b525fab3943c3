// Arguments that the user left out. On a terminal they are asked for, one after the other. Otherwise one error names all of them.
import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Cli } from "../cli.ts";
import { isInteractive } from "../io.ts";

/** An argument or an option that the command needs. */
export interface Needed<C> {
  /** How the usage writes it: `<title>`, `--project <id-or-name>`. */
  readonly term: string;
  /** Asks for the value. */
  readonly ask: (context: C) => Promise<string>;
}

interface Missing<C> {
  readonly command: Command;
  /** Returns what the questions need, such as the workspace whose projects are listed. Called only before a question. */
  readonly open: () => Promise<C>;
}

/** Returns all values: those that were given, and the answers for the others. @throws CliError that names every missing one */
export async function askMissing<K extends string, C>(
  cli: Cli,
  { command, open }: Missing<C>,
  values: Readonly<Record<K, readonly [given: string | undefined, needed: Needed<C>]>>,
): Promise<Record<K, string>> {
  const entries = Object.entries(values) as [K, readonly [string | undefined, Needed<C>]][];
  const missing = entries.filter(([, [given]]) => given === undefined);
  if (missing.length > 0 && !isInteractive(cli.io)) {
    throw missingError(
      command,
      missing.map(([, [, { term }]]) => term),
    );
  }
  const answers = entries.flatMap(([key, [given]]) => (given === undefined ? [] : [[key, given] as const]));
  if (missing.length > 0) {
    const context = await open();
    for (const [key, [, { ask }]] of missing) answers.push([key, await ask(context)]);
  }
  return Object.fromEntries(answers) as Record<K, string>;
}

/** Returns the given ids or names, or asks for one. */
export async function askMissingOne<C>(
  cli: Cli,
  missing: Missing<C>,
  given: readonly string[],
  needed: Needed<C>,
): Promise<readonly string[]> {
  if (given.length > 0) return given;
  const { one } = await askMissing(cli, missing, { one: [undefined, needed] });
  return [one];
}

function missingError(command: Command, terms: readonly string[]) {
  const what = terms.length === 1 ? "Missing argument" : "Missing arguments";
  return usageError(`${what}: ${terms.join(", ")}. See: ${pathOf(command)} --help`);
}

const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
