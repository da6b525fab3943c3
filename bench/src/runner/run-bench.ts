import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { meetsGoal, type Figure } from "./figure.ts";
import { tableOf } from "./table.ts";

/** A benchmark or attack, with the name that selects it on the command line. */
export interface Subject {
  readonly name: string;
  readonly title: string;
  /** Whether the subject compares two builds. It then runs only with `--against`. */
  readonly comparesBuilds?: boolean;
  readonly measure: (options: RunOptions) => Promise<readonly Figure[]>;
}

export interface RunOptions {
  /** Runs a shorter measurement with inexact figures, to show that it works. */
  readonly quick: boolean;
  /** Includes measurements that take very long and need much disk space. */
  readonly large: boolean;
  /** The directory of another checkout, whose build is compared with this one. */
  readonly against: string | undefined;
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
  const { quick, large, against, jsonFile, chosen } = selection;
  const results: Result[] = [];
  for (const { name, title, measure } of chosen) {
    try {
      const progress = (line: string) => err(`${name}: ${line}\n`);
      const figures = await measure({ quick, large, against, progress });
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
  readonly against: string | undefined;
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
        against: { type: "string" },
      },
    });
    const unknown = positionals.find((name) => subjects.every((subject) => subject.name !== name));
    if (unknown !== undefined)
      return { problem: `There is no subject called ${unknown}. Use one of the names below.` };
    const { quick, large, against, json: jsonFile } = values;
    const chosen = subjects.filter(({ name, comparesBuilds = false }) =>
      positionals.length === 0 ? !comparesBuilds || against !== undefined : positionals.includes(name),
    );
    if (against === undefined && chosen.some(({ comparesBuilds = false }) => comparesBuilds))
      return { problem: "Pass --against DIRECTORY with another checkout that is built." };
    return { quick, large, against, jsonFile, chosen };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const usageOf = (subjects: readonly Subject[], command: Command): string =>
  [
    `Usage: pnpm ${command} [NAME...] [--quick] [--large] [--json FILE] [--against DIRECTORY]`,
    ...subjects.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`),
  ].join("\n");

const machine = () => ({
  cpus: cpus().length,
  model: cpus()[0]?.model ?? "unknown",
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
});
