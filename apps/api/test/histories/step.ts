// One step of a history: what is done at once, and whether some order of it explains the answers.
import { isDeepStrictEqual } from "node:util";
import type { AsyncCommand } from "fast-check";
import { actOf, told, type Act, type Wish } from "./acts.ts";
import { outcomeOf } from "./model.ts";
import type { World } from "./world.ts";
import { perform, type Run } from "./run.ts";

/** The worlds that all answers so far allow: several, as long as nothing tells in which order some of it was done. */
export interface Model {
  worlds: readonly World[];
  /** Whether nothing was done at once, so that each log has one order. */
  inOrder: boolean;
}

interface Heard {
  readonly act: Act;
  readonly said: string;
}

export class Step implements AsyncCommand<Model, Run> {
  readonly #wishes: readonly Wish[];

  constructor(wishes: readonly Wish[]) {
    this.#wishes = wishes;
  }

  readonly check = (): boolean => true;

  async run(model: Model, run: Run): Promise<void> {
    const before = run.story.length;
    const acts = this.#wishes.map((wish, index) => actOf(wish, run.names, `#${before + index + 1}`));
    // The database's owner takes no turns, and so nothing is done meanwhile.
    const puts = acts.filter(({ op }) => op === "put");
    const calls = acts.filter(({ op }) => op !== "put");
    for (const act of puts) await this.#atOnce([act], model, run);
    await this.#atOnce(calls, model, run);
    await everyWorkspaceHasAnAdmin(run);
  }

  async #atOnce(acts: readonly Act[], model: Model, run: Run): Promise<void> {
    const heard = await Promise.all(acts.map(async (act) => ({ act, said: await perform(run, act) })));
    run.story.push(
      ...heard.map(({ act, said }, index) => `${index > 0 ? "& " : "  "}${told(act)} -> ${said}`),
    );
    const worlds = explained(model.worlds, heard);
    if (worlds.length === 0) throw new Error(unexplained(model, heard, run));
    model.worlds = worlds;
    if (acts.length > 1) model.inOrder = false;
  }

  toString(): string {
    return this.#wishes.map(({ op }) => op).join(" & ");
  }
}

/** The worlds that some order of what was heard leads to. */
function explained(worlds: readonly World[], heard: readonly Heard[]): readonly World[] {
  if (heard.length === 0) return worlds;
  const ends = heard.flatMap(({ act, said }, index) => {
    const outcomes = worlds.map((world) => outcomeOf(world, act)).filter((outcome) => outcome.said === said);
    const rest = heard.filter((_, other) => other !== index);
    return outcomes.length === 0
      ? []
      : explained(
          outcomes.map(({ after }) => after),
          rest,
        );
  });
  return ends.filter(
    (world, index) => !ends.slice(0, index).some((other) => isDeepStrictEqual(world, other)),
  );
}

function unexplained({ worlds }: Model, heard: readonly Heard[], { story }: Run): string {
  const expected = heard.map(({ act, said }) => {
    const due = new Set(worlds.map((world) => outcomeOf(world, act).said));
    return `${act.name} said ${said}, and alone should have said ${[...due].join(" or ")}`;
  });
  return ["No order of what was done at once explains the answers.", ...expected, "", ...story].join("\n");
}

async function everyWorkspaceHasAnAdmin({ server, people, story }: Run): Promise<void> {
  const [none] = await server.database.owner<{ name: string }>(
    `SELECT w.name FROM workspaces AS w WHERE w.created_by = ANY ($1) AND NOT EXISTS (
       SELECT FROM workspace_members AS m WHERE m.workspace_id = w.id AND m.role = 'admin')`,
    [[...people.values()].map(({ id }) => id)],
  );
  if (none) throw new Error([`${none.name} has no admin.`, "", ...story].join("\n"));
}
