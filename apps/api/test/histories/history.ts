// A random history as a fast-check property: the answers and the views of all users equal those of the model.
import { inspect, isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { TestServer } from "../kit/index.ts";
import { draftsOfStep, type Op } from "./actions.ts";
import { startRun, type Run } from "./run.ts";
import { Step, type Model } from "./step.ts";
import { expectedView, type View } from "./expected-view.ts";
import { actualView } from "./actual-view.ts";

export interface HistoryOptions {
  /** The largest number of concurrent actions. */
  readonly concurrency: number;
  readonly steps: number;
  /** The operations to generate. The default is all. */
  readonly operations?: readonly Op[];
}

export function histories(server: TestServer, { concurrency, steps, operations }: HistoryOptions) {
  const commands = fc.commands([draftsOfStep(concurrency, operations).map((drafts) => new Step(drafts))], {
    maxCommands: steps,
    size: "max",
    disableReplayLog: true,
  });
  return fc.asyncProperty(commands, async (commandsOfRun) => {
    const { run, state } = await startRun(server);
    const model: Model = { states: [state], isSequential: true };
    await fc.asyncModelRun(() => ({ model, real: run }), commandsOfRun);
    await checkViews(model, run);
  });
}

export const NO_FAILURE = "No history failed.";

/** Describes the result. After a failure: the seed and the transcript of the shortest history that failed. */
export function reportOf<T>({ errorInstance: error, seed, numShrinks }: fc.RunDetails<T>): string {
  if (error === null) return NO_FAILURE;
  const message = error instanceof Error ? error.message : inspect(error);
  return `PROJO_TEST_SEED=${seed}, shrunk ${numShrinks} times:\n${message}`;
}

async function checkViews({ states, isSequential }: Model, run: Run): Promise<void> {
  const [first] = states;
  const actual = first && (await actualView(run, first, isSequential));
  const expected = states.map((state) => expectedView(state, isSequential));
  if (expected.some((view) => isDeepStrictEqual(view, actual))) return;
  throw new Error([...differences(expected[0] ?? {}, actual ?? {}), "", ...run.transcript].join("\n"));
}

function differences(expected: View, actual: View): string[] {
  const places = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return places
    .filter((place) => !isDeepStrictEqual(expected[place], actual[place]))
    .map((place) => `${place}: expected ${show(expected[place])}, found ${show(actual[place])}`);
}

const show = (lines: readonly string[] | undefined): string => JSON.stringify(lines ?? "nothing");
