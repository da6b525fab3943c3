// The built, packed and installed program without a terminal: every command, with a success and a failure, against a server.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { installedProgram } from "../installed-program.ts";
import { missingSteps } from "./plain/missing-steps.ts";
import { programTree } from "./plain/program-tree.ts";
import { recordOf } from "./plain/record.ts";
import { rules } from "./plain/rules.ts";
import { runScenario, type Place } from "./plain/run-scenario.ts";
import type { Result } from "./plain/scenario.ts";
import { scenarios } from "./plain/scenarios.ts";
import { serve, type ServerProgram } from "./plain/serve.ts";

let folder: string;
let server: ServerProgram;
let results: Result[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "projo-plain-"));
  const [{ program }, started] = await Promise.all([installedProgram(), serve(folder)]);
  server = started;
  const place = { server, program, folder };
  results = await runAll(place);
}, 600_000);

/** More at the same time take no less time, and a server without a processor is not ready. */
async function runAll(place: Place): Promise<Result[]> {
  const all: Result[][] = [];
  const waiting = [...scenarios.entries()];
  const runNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      all[next[0]] = await runScenario(next[1], place);
  };
  await Promise.all(Array.from({ length: 4 }, runNext));
  return all.flat();
}

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

it("every line prints what the record says", async () => {
  await expect(recordOf(results, { folder })).toMatchFileSnapshot("plain.txt");
});

it("every line ends with its exit code", () => {
  const wrong = results.filter(({ step, exit }) => exit !== (step.exit ?? 0));
  const problems = wrong.map(({ step, exit, err }) => `${step.line}: ${exit}, not ${step.exit ?? 0}: ${err}`);
  expect(problems).toEqual([]);
});

it("every command has a line that succeeds and one that fails", async () => {
  const program = await programTree();
  expect(missingSteps(results, program)).toEqual([]);
  const fewer = results.filter(({ step }) => !step.line.includes("tasks get") || step.exit === undefined);
  expect(missingSteps(fewer, program)).toEqual(["projo tasks get: no failure"]);
});

it.each(Object.entries(rules))("every line %s", async (_, rule) => {
  const program = await programTree();
  const problems = results.flatMap((result) => {
    const problem = rule(result, program);
    return problem === undefined ? [] : [`${result.step.line}: ${problem}`];
  });
  expect(problems).toEqual([]);
});
