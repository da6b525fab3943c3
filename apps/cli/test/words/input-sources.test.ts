import type { Command } from "commander";
import { expect, it } from "vitest";
import { inputSources } from "../../src/inputs/input-sources.ts";
import { createWholeProgram } from "../../src/program.ts";
import { silentIo } from "./help-texts.ts";

it("every option from which a field comes is an option of a command", async () => {
  const optionsOf = ({ options, commands }: Command): string[] => [
    ...options.flatMap(({ long }) => long ?? []),
    ...commands.flatMap(optionsOf),
  ];
  const known = new Set(optionsOf(await createWholeProgram(silentIo())));
  const sources: unknown[] = Object.values(inputSources).flatMap((fields) => Object.values(fields).flat());
  const options = sources.filter((source): source is string => String(source).startsWith("--"));
  expect(options.length).toBeGreaterThan(30);
  expect(options.filter((option) => !known.has(option))).toEqual([]);
});
