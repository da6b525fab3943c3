import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";

export interface TaskCreation<T> {
  /** The most tasks that the work may make. */
  readonly most: number;
  readonly madeIn: (result: T) => number;
}

/** Does work that makes tasks, if the workspace may have so many more. @throws Failure task.too_many */
export async function withTaskCapacity<T>(
  ws: Ws<"task:write">,
  { taskCapacity }: Services,
  { most, madeIn, make }: TaskCreation<T> & { readonly make: () => Promise<T> },
): Promise<T> {
  const reservation = await taskCapacity.reserve(ws.grant, most);
  if (!reservation) throw new Failure("task.too_many");
  let made = 0;
  try {
    const result = await make();
    made = madeIn(result);
    return result;
  } finally {
    reservation.close(made);
  }
}
