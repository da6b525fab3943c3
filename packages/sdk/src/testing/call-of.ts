import type { Call } from "../answer.ts";
import { StartedCall } from "../started-call.ts";

/**
 * Creates what a method returns, for the stub of a test framework: a call that resolves to the data, or rejects with the
 * error.
 *
 * @example
 * vi.spyOn(client.tasks, "get").mockReturnValue(callOf(task));
 */
export function callOf<T, Name extends string = string>(outcome: T | Error): Call<T, Name> {
  const answer = async () => {
    if (outcome instanceof Error) throw outcome;
    return { data: outcome, status: 200, headers: { get: () => null }, requestId: "test" };
  };
  return StartedCall.of<T>(answer()) as Call<T, Name>;
}
