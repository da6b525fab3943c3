import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { meetsGoal, type Figure } from "./figure.ts";
import { tableOf } from "./table.ts";

/** A benchmark or attack, with the name that selects it on the command line. */
export interface Subject {
  readonly name: string;
  readonly title: string;
  readonly measure: (options: RunOptions) => Promise<readonly Figure[]>;
}

export interface RunOptions {
  /** Runs a shorter measurement with inexact figures, to show that it works. */
  readonly quick: boolean;
  /** Includes measurements that take very long and need much disk space. */
  readonly large: boolean;
  /** Prints a line about the progress. */
  readonly progress: (line: string) => void;
}

export interface Streams {
  /** Receives the figures. */
  readonly out: (text: string) => void;
  /** Receives progress and errors. */
  readonly err: (text: string) => void;
}

/** The name of the package.json script that runs the subjects. */
export type Command = "bench" | "attack";

/** @returns the exit code: 0; 1 if a figure misses its goal or a subject fails; 2 for invalid arguments */
export async function runBench(
  args: readonly string[],
  subjects: readonly Subject[],
  { out, err }: Streams,
  command: Command = "bench",
): Promise<0 | 1 | 2> {
  const selection = parseSelection(args, subjects);
  if ("problem" in selection) {
    err(`${selection.problem}\n${usageOf(subjects, command)}\n`);
    return 2;
  }
  const { quick, large, jsonFile, chosen } = selection;
  const results: Result[] = [];
  for (const { name, title, measure } of chosen) {
    try {
      const figures = await measure({ quick, large, progress: (line) => err(`${name}: ${line}\n`) });
      out(`${name}: ${title}\n${tableOf(figures)}\n\n`);
      results.push({ subject: name, figures });
    } catch (error) {
      // A failed subject must not discard the results of the others.
      err(`${name} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
      results.push({ subject: name, figures: [], failed: String(error) });
    }
  }
  const allMet = results.every(({ figures, failed }) => failed === undefined && figures.every(meetsGoal));
  if (jsonFile !== undefined) {
    const report = {
      at: new Date().toISOString(),
      quick,
      large,
      machine: machine(),
      allMet,
      results,
    };
    await writeFile(jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  }
  return allMet ? 0 : 1;
}

interface Result {
  readonly subject: string;
  readonly figures: readonly Figure[];
  readonly failed?: string;
}

interface Selection {
  readonly quick: boolean;
  readonly large: boolean;
  readonly jsonFile: string | undefined;
  readonly chosen: readonly Subject[];
}

function parseSelection(
  args: readonly string[],
  subjects: readonly Subject[],
): Selection | { problem: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        large: { type: "boolean", default: false },
        json: { type: "string" },
      },
    });
    const unknown = positionals.find((name) => subjects.every((subject) => subject.name !== name));
    if (unknown !== undefined)
      return { problem: `There is no subject called ${unknown}. Use one of the names below.` };
    const chosen = subjects.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return { quick: values.quick, large: values.large, jsonFile: values.json, chosen };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const usageOf = (subjects: readonly Subject[], command: Command): string =>
  [
    `Usage: pnpm ${command} [NAME...] [--quick] [--large] [--json FILE]`,
    ...subjects.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`),
  ].join("\n");

const machine = () => ({
  cpus: cpus().length,
  model: cpus()[0]?.model ?? "unknown",
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
});
