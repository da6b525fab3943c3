import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";

export interface TaskCreation<T> {
  /** The most tasks that `create` may create. */
  readonly most: number;
  /** The number of tasks that `create` created, from its result. */
  readonly createdIn: (result: T) => number;
  readonly create: () => Promise<T>;
}

/** Creates tasks if the quota of the workspace allows `most` more. @throws Failure task.too_many */
export async function withTaskCapacity<T>(
  ws: Pick<Ws, "grant">,
  { taskCapacity }: Services,
  { most, createdIn, create }: TaskCreation<T>,
): Promise<T> {
  const reservation = await taskCapacity.reserve(ws.grant, most);
  if (!reservation) throw new Failure("task.too_many");
  let created = 0;
  try {
    const result = await create();
    created = createdIn(result);
    return result;
  } finally {
    reservation.close(created);
  }
}
