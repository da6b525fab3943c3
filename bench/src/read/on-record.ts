// A change that is put on record: a task deleted, with its entry in the log. The usual stack keeps no log, so it is measured
// against the nearest thing that it does, a creation.
import { v7 } from "uuid";
import type { Owner } from "../database/bench-database.ts";
import type { Target } from "../dataset/data-set.ts";
import type { HttpRequest } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import { eachInTurn } from "../stage/each-in-turn.ts";
import { mutationOf } from "../stage/product-calls.ts";
import { askingFor } from "./asking.ts";
import { bout, type Entrant, type Length } from "./bout.ts";

export async function measureOnRecord(
  owner: Owner,
  { entrants, targets }: { entrants: readonly Entrant[]; targets: readonly Target[] },
  length: Length & { readonly most: number },
): Promise<Figure[]> {
  const doomed = await plantTasks(owner, targets, length.most);
  const taking = entrants.filter(({ contender: { name } }) => name === "projo" || name === "U");
  const creating = askingFor("createTask", targets);
  const outcome = await bout(
    taking,
    (entrant) => (entrant.contender.name === "projo" ? deleting(doomed) : creating(entrant)),
    length,
  );
  const group = "delete a task on record, against U's creation without a record";
  return [
    { group, name: "projo", value: outcome.of("projo", "perSecond"), unit: "/s" },
    { group, name: "U", value: outcome.of("U", "perSecond"), unit: "/s" },
    { group, name: "ratio", value: outcome.ratio("projo", "U"), unit: "x", goal: { atLeast: 3 } },
  ];
}

interface Doomed {
  readonly target: Target;
  readonly id: string;
}

/** Each can be deleted once, so the next burst goes on where the last one ended. */
const deleting = (doomed: Doomed[]) => (): HttpRequest => {
  const next = doomed.pop();
  if (!next) throw new RangeError("All tasks that were planted to be deleted are gone: plant more.");
  return mutationOf(next.target, "tasks.delete", { id: next.id });
};

async function plantTasks(owner: Owner, targets: readonly Target[], most: number): Promise<Doomed[]> {
  const next = eachInTurn(targets);
  const doomed = Array.from({ length: most }, (): Doomed => ({ target: next(), id: v7() }));
  await owner.query(
    `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], array_fill('Write the report'::text, ARRAY[$5::int]),
                          array_fill('todo'::text, ARRAY[$5::int]), $4::uuid[])`,
    [
      doomed.map(({ id }) => id),
      doomed.map(({ target }) => target.workspaceId),
      doomed.map(({ target }) => target.projectId),
      doomed.map(({ target }) => target.userId),
      most,
    ],
  );
  return doomed;
}
