// One step of a history: runs actions concurrently, and checks that a sequential order of them explains the answers.
import { isDeepStrictEqual } from "node:util";
import type { AsyncCommand } from "fast-check";
import { actionOf, describeAction, type Action, type Draft } from "./actions.ts";
import { outcomeOf } from "./model.ts";
import type { State } from "./model-state.ts";
import { perform, type Run } from "./run.ts";

/** The states that are consistent with all answers so far. There are several while the order of concurrent actions is unknown. */
export interface Model {
  states: readonly State[];
  /** Whether no actions ran concurrently, so that the order of each log is known. */
  isSequential: boolean;
}

interface Response {
  readonly action: Action;
  readonly answer: string;
}

export class Step implements AsyncCommand<Model, Run> {
  readonly #drafts: readonly Draft[];

  constructor(drafts: readonly Draft[]) {
    this.#drafts = drafts;
  }

  readonly check = (): boolean => true;

  async run(model: Model, run: Run): Promise<void> {
    const before = run.transcript.length;
    const actions = this.#drafts.map((draft, index) => actionOf(draft, run.names, `#${before + index + 1}`));
    // The database owner does not lock the workspace, so nothing else runs during an addition.
    const additions = actions.filter(({ op }) => op === "addMember");
    const calls = actions.filter(({ op }) => op !== "addMember");
    for (const action of additions) await this.#runConcurrently([action], model, run);
    await this.#runConcurrently(calls, model, run);
    await checkEveryWorkspaceHasAdmin(run);
  }

  async #runConcurrently(actions: readonly Action[], model: Model, run: Run): Promise<void> {
    const responses = await Promise.all(
      actions.map(async (action) => ({ action, answer: await perform(run, action) })),
    );
    run.transcript.push(
      ...responses.map(
        ({ action, answer }, index) => `${index > 0 ? "& " : "  "}${describeAction(action)} -> ${answer}`,
      ),
    );
    const states = statesAfter(model.states, responses);
    if (states.length === 0) throw new Error(explanationError(model, responses, run));
    model.states = states;
    if (actions.length > 1) model.isSequential = false;
  }

  toString(): string {
    return this.#drafts.map(({ op }) => op).join(" & ");
  }
}

/** Returns the states that some sequential order of the responses leads to. */
function statesAfter(states: readonly State[], responses: readonly Response[]): readonly State[] {
  if (responses.length === 0) return states;
  const ends = responses.flatMap(({ action, answer }, index) => {
    const outcomes = states
      .map((state) => outcomeOf(state, action))
      .filter((outcome) => outcome.answer === answer);
    const rest = responses.filter((_, other) => other !== index);
    return outcomes.length === 0
      ? []
      : statesAfter(
          outcomes.map(({ after }) => after),
          rest,
        );
  });
  return ends.filter(
    (state, index) => !ends.slice(0, index).some((other) => isDeepStrictEqual(state, other)),
  );
}

function explanationError({ states }: Model, responses: readonly Response[], { transcript }: Run): string {
  const expected = responses.map(({ action, answer }) => {
    const possible = new Set(states.map((state) => outcomeOf(state, action).answer));
    return `${action.name} returned ${answer}; alone it would return ${[...possible].join(" or ")}`;
  });
  return [
    "No sequential order of the concurrent actions explains the answers.",
    ...expected,
    "",
    ...transcript,
  ].join("\n");
}

async function checkEveryWorkspaceHasAdmin({ server, people, transcript }: Run): Promise<void> {
  const [none] = await server.database.owner<{ name: string }>(
    `SELECT w.name FROM workspaces AS w WHERE w.created_by = ANY ($1) AND NOT EXISTS (
       SELECT FROM workspace_members AS m WHERE m.workspace_id = w.id AND m.role = 'admin')`,
    [[...people.values()].map(({ id }) => id)],
  );
  if (none) throw new Error([`${none.name} has no admin.`, "", ...transcript].join("\n"));
}
