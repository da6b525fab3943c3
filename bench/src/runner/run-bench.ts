import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { meetsGoal, type Figure } from "./figure.ts";
import { tableOf } from "./table.ts";

/** Something that is measured, by the name it is asked for. */
export interface Subject {
  readonly name: string;
  readonly title: string;
  readonly measure: (options: RunOptions) => Promise<readonly Figure[]>;
}

export interface RunOptions {
  /** A shorter run, to see that it works; its figures are rough. */
  readonly quick: boolean;
  /** Also what takes so long and so much room that nobody wants it without having said so. */
  readonly large: boolean;
  /** For who waits. */
  readonly progress: (line: string) => void;
}

export interface Streams {
  /** Figures. */
  readonly out: (text: string) => void;
  /** Words. */
  readonly err: (text: string) => void;
}

/** The script of package.json that runs the subjects. */
export type Command = "bench" | "attack";

/** @returns the exit code: 0, or 1 when a figure misses its goal or could not be measured, or 2 for arguments that make no sense */
export async function runBench(
  args: readonly string[],
  subjects: readonly Subject[],
  { out, err }: Streams,
  command: Command = "bench",
): Promise<0 | 1 | 2> {
  const asked = read(args, subjects);
  if ("problem" in asked) {
    err(`${asked.problem}\n${usageOf(subjects, command)}\n`);
    return 2;
  }
  const { quick, large, jsonFile, chosen } = asked;
  const results: Result[] = [];
  for (const { name, title, measure } of chosen) {
    try {
      const figures = await measure({ quick, large, progress: (line) => err(`${name}: ${line}\n`) });
      out(`${name}: ${title}\n${tableOf(figures)}\n\n`);
      results.push({ subject: name, figures });
    } catch (error) {
      // One that cannot be measured does not take with it what was measured for minutes.
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

function read(args: readonly string[], subjects: readonly Subject[]): Selection | { problem: string } {
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
    if (unknown !== undefined) return { problem: `There is no subject called ${unknown}.` };
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
