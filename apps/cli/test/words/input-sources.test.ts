import type { Command } from "commander";
import { expect, it } from "vitest";
import { inputSources, type Source } from "../../src/inputs/input-sources.ts";
import { createWholeProgram } from "../../src/program.ts";
import { silentIo } from "./help-texts.ts";

it("every option from which a field comes is an option of a command", async () => {
  const optionsOf = ({ options, commands }: Command): string[] => [
    ...options.flatMap(({ long }) => long ?? []),
    ...commands.flatMap(optionsOf),
  ];
  const known = new Set(optionsOf(await createWholeProgram(silentIo())));
  const fields: readonly Readonly<Record<string, Source>>[] = Object.values(inputSources);
  const sources = fields.flatMap((one) => Object.values(one)).flat();
  const options = sources.flatMap((source) => (typeof source === "string" ? source : [])).filter(isOption);
  expect(options.length).toBeGreaterThan(30);
  expect(options.filter((option) => !known.has(option))).toEqual([]);
});

const isOption = (source: string): boolean => source.startsWith("--");
