// Measures a change with an audit entry: the deletion of a task. The usual stack has no audit log, so the deletion is compared
// with the creation of a task there.
import { v7 } from "uuid";
import type { Owner } from "../database/bench-database.ts";
import type { Target } from "../dataset/data-set.ts";
import type { HttpRequest } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import { roundRobin } from "../runner/round-robin.ts";
import { mutationOf } from "../testbed/product-calls.ts";
import { requestsFor } from "./requests-for.ts";
import { compareContenders, type LoadedContender, type BurstOptions } from "./compare-contenders.ts";

export async function measureRecordedDeletion(
  owner: Owner,
  { contenders, targets }: { contenders: readonly LoadedContender[]; targets: readonly Target[] },
  length: BurstOptions & { readonly most: number },
): Promise<Figure[]> {
  const deletable = await seedTasks(owner, targets, length.most);
  const compared = contenders.filter(({ contender: { name } }) => name === "projo" || name === "U");
  const creating = requestsFor("createTask", targets);
  const outcome = await compareContenders(
    compared,
    (entrant) => (entrant.contender.name === "projo" ? deleting(deletable) : creating(entrant)),
    length,
  );
  const group = "delete a task with an audit entry, compared with U's create";
  return [
    { group, name: "projo", value: outcome.of("projo", "perSecond"), unit: "/s" },
    { group, name: "U", value: outcome.of("U", "perSecond"), unit: "/s" },
    { group, name: "ratio", value: outcome.ratio("projo", "U"), unit: "x", goal: { atLeast: 3 } },
  ];
}

interface DeletableTask {
  readonly target: Target;
  readonly id: string;
}

/** Returns a deletion of the next task. Each task can be deleted once, so bursts do not start again from the first. */
const deleting = (deletable: DeletableTask[]) => (): HttpRequest => {
  const next = deletable.pop();
  if (!next) throw new RangeError("All tasks for deletion are used up: create more of them.");
  return mutationOf(next.target, "tasks.delete", { id: next.id });
};

async function seedTasks(owner: Owner, targets: readonly Target[], most: number): Promise<DeletableTask[]> {
  const next = roundRobin(targets);
  const deletable = Array.from({ length: most }, (): DeletableTask => ({ target: next(), id: v7() }));
  await owner.query(
    `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], array_fill('Write the report'::text, ARRAY[$5::int]),
                          array_fill('todo'::text, ARRAY[$5::int]), $4::uuid[])`,
    [
      deletable.map(({ id }) => id),
      deletable.map(({ target }) => target.workspaceId),
      deletable.map(({ target }) => target.projectId),
      deletable.map(({ target }) => target.userId),
      most,
    ],
  );
  return deletable;
}
