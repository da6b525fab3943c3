// Functions of a caller that fail, and the calls that use them.
import { vi } from "vitest";
import { ProjoError, type Client, type Fetch } from "../../src/index.ts";

export const baseUrl = "http://127.0.0.1:4000";
export const getTask = (client: Client) => client.tasks.get({ id: "t" });
export const createTask = (client: Client) => client.tasks.create({ projectId: "p", title: "t" });

/** @throws Error when the call does not fail with a ProjoError */
export async function failureOf(call: Promise<unknown>): Promise<ProjoError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProjoError) return error;
  throw new Error("The call did not fail with a ProjoError.", { cause: error });
}

export const throwing = (value: unknown): Fetch =>
  vi.fn<Fetch>(async () => {
    throw value;
  });

export function codeError(code: string, Kind: ErrorConstructor = Error, message = code): Error {
  return Object.assign(new Kind(message), { code });
}
