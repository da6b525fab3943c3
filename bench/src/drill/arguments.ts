import { parseArgs } from "node:util";

export interface DrillArguments {
  readonly seed: number;
  readonly quick: boolean;
  readonly previous: string | undefined;
  /** The names of the faults to run. Empty for all. */
  readonly names: readonly string[];
  readonly soakMinutes: number | null;
  readonly keep: boolean;
}

/** @returns the arguments, or the problem with them */
export function parseDrillArguments(
  args: readonly string[],
  known: readonly string[],
): DrillArguments | { readonly problem: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seed: { type: "string" },
        quick: { type: "boolean", default: false },
        previous: { type: "string" },
        soak: { type: "string" },
        keep: { type: "boolean", default: false },
      },
    });
    const unknown = positionals.find((name) => !known.includes(name));
    if (unknown !== undefined) return { problem: `There is no fault called ${unknown}.` };
    const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) : Number(values.seed);
    if (!Number.isSafeInteger(seed) || seed < 0) return { problem: "--seed must be a whole number." };
    const soakMinutes = values.soak === undefined ? null : Number(values.soak);
    if (soakMinutes !== null && !(soakMinutes > 0 && soakMinutes <= 1_440)) {
      return { problem: "--soak must be a number of minutes, at most 1440." };
    }
    const { quick, previous, keep } = values;
    return { seed, quick, previous, names: positionals, soakMinutes, keep };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

export const usageOf = (known: readonly string[]): string =>
  [
    "Usage: pnpm drill [FAULT...] [--seed N] [--quick] [--previous DIRECTORY] [--keep]",
    "       pnpm drill --soak MINUTES [--seed N]",
    ...known.map((name) => `  ${name}`),
  ].join("\n");
