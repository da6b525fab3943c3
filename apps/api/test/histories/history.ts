// A history as a property: whatever is done, in whatever order, the answers and what everybody sees are the model's.
import { inspect, isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { TestServer } from "../kit/index.ts";
import { stepOf, type Op } from "./acts.ts";
import { beginRun, type Run } from "./run.ts";
import { Step, type Model } from "./step.ts";
import { expectedView, type View } from "./expected-view.ts";
import { realView } from "./real-view.ts";

export interface Histories {
  /** The most that is done at once. */
  readonly atOnce: number;
  readonly steps: number;
  /** The operations to try; without it, all. */
  readonly among?: readonly Op[];
}

export function histories(server: TestServer, { atOnce, steps, among }: Histories) {
  const commands = fc.commands([stepOf(atOnce, among).map((wishes) => new Step(wishes))], {
    maxCommands: steps,
    size: "max",
    disableReplayLog: true,
  });
  return fc.asyncProperty(commands, async (tried) => {
    const { run, world } = await beginRun(server);
    const model: Model = { worlds: [world], inOrder: true };
    await fc.asyncModelRun(() => ({ model, real: run }), tried);
    await everybodySeesIt(model, run);
  });
}

export const ALL_WELL = "Every history went as it must.";

/** What came of trying them: of those that went wrong the shortest that was found, as it was told. */
export function reportOf<T>({ errorInstance: error, seed, numShrinks }: fc.RunDetails<T>): string {
  if (error === null) return ALL_WELL;
  const told = error instanceof Error ? error.message : inspect(error);
  return `PROJO_TEST_SEED=${seed}, made shorter ${numShrinks} times:\n${told}`;
}

async function everybodySeesIt({ worlds, inOrder }: Model, run: Run): Promise<void> {
  const [any] = worlds;
  const seen = any && (await realView(run, any, inOrder));
  const due = worlds.map((world) => expectedView(world, inOrder));
  if (due.some((view) => isDeepStrictEqual(view, seen))) return;
  throw new Error([...differences(due[0] ?? {}, seen ?? {}), "", ...run.story].join("\n"));
}

function differences(due: View, seen: View): string[] {
  const places = [...new Set([...Object.keys(due), ...Object.keys(seen)])];
  return places
    .filter((place) => !isDeepStrictEqual(due[place], seen[place]))
    .map((place) => `${place}: ${shown(seen[place])} is seen, due is ${shown(due[place])}`);
}

const shown = (lines: readonly string[] | undefined): string => JSON.stringify(lines ?? "nothing");
