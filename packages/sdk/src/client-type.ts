// The type of a client. The generated Api has its operations.
import type { Api } from "./generated/api.ts";
import type { ArgumentsOf, OperationName, ResultOf } from "./operation-name.ts";
import type { CallOptions } from "./options.ts";

/**
 * A client of a ProjoStack server. Each operation is a method: `client.tasks.create(input, options)`. Every method rejects
 * with a `ProjoError`, or with a `TypeError` when an argument is invalid. The methods need no `this`: pass them as values.
 */
export interface Client extends Api {
  /** The id of the workspace that calls use. Without one, a service key acts in its own workspace. */
  readonly workspaceId: string | undefined;

  /**
   * Returns a client for this workspace that shares the session. Does not change this client and sends no request.
   *
   * @throws TypeError when the id cannot be sent in a header
   */
  workspace(id: string): Client;

  /** Calls an operation by name: `client.call("tasks.create", input)` is `client.tasks.create(input)`. */
  call<Name extends OperationName>(name: Name, ...args: ArgumentsOf<Name>): ResultOf<Name>;

  /**
   * Calls an operation whose name is known only at run time. The types of its input and result are unknown.
   *
   * @throws UnknownOperationError with similar names, without sending a request
   */
  call<Name extends string>(
    name: string extends Name ? Name : never,
    input?: unknown,
    options?: CallOptions,
  ): Promise<unknown>;
}
