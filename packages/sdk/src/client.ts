// The client: one method for each operation of the contract. The methods are created at run time from the list of
// operations and typed by the generated Api. The only cast connects the two; a test verifies that they match.
import { systemClock, type Clock } from "./clock.ts";
import { closeNames } from "./close-names.ts";
import { UnknownOperationError } from "./errors.ts";
import type { Api } from "./generated/api.ts";
import { lists } from "./generated/operations.ts";
import { isOperationName, operationNames, type Method, type OperationName } from "./operation-name.ts";
import {
  checkOptions,
  checkWorkspaceId,
  type CallOptions,
  type ClientOptions,
  type Connection,
} from "./options.ts";
import type { Page } from "./page.ts";
import { paged } from "./paged.ts";
import { perform } from "./call/perform.ts";

/**
 * A client of a ProjoStack server. Each operation is a method: `client.tasks.create(input, options)`. Every method rejects
 * with a `ProjoError`, or with a `TypeError` when an argument is invalid.
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

  /** Calls an operation by name: `client.call("tasks.create", input)` is `client.tasks.create(input)`. */
  call<Name extends OperationName>(name: Name, ...args: Parameters<Method<Name>>): ReturnType<Method<Name>>;
}

/**
 * Creates a client of the server at `baseUrl`. Sends no request.
 *
 * @example
 * const client = createClient({ baseUrl: "http://127.0.0.1:4000" });
 * await client.auth.signIn({ email: "ann@example.com", password });
 * const acme = client.workspace(workspaceId);
 * for await (const task of acme.tasks.list({ status: "todo" })) console.log(task.title);
 *
 * @throws TypeError that names an invalid option
 */
export function createClient(options: ClientOptions): Client {
  if (typeof options !== "object" || options === null)
    throw new TypeError(
      "createClient needs options. Pass an object with baseUrl: createClient({ baseUrl }).",
    );
  return connect(checkOptions(options), systemClock);
}

/** Creates a client with the given clock. `createClient` uses the system's clock, tests use their own. */
export function connect(connection: Connection, clock: Clock): Client {
  const invoke = (name: OperationName, input: unknown, options: CallOptions = {}) => {
    const run = (callInput: unknown) => perform({ connection, clock, name, input: callInput, options });
    if (!isList(name)) return run(input);
    return paged(
      name,
      (cursor) =>
        run(cursor === undefined ? input : { ...asObject(input), cursor }) as Promise<Page<unknown>>,
    );
  };
  return Object.freeze({
    ...methods(invoke),
    workspaceId: connection.workspaceId,
    workspace: (id: string) => connect({ ...connection, workspaceId: checkWorkspaceId(id) }, clock),
    call: (name: string, input?: unknown, options?: CallOptions) =>
      isOperationName(name)
        ? invoke(name, input, options)
        : Promise.reject(new UnknownOperationError(name, closeNames(name, operationNames))),
  }) as unknown as Client;
}

type Invoke = (name: OperationName, input: unknown, options?: CallOptions) => unknown;

function methods(invoke: Invoke): Record<string, object> {
  const resources: Record<string, Record<string, unknown>> = {};
  for (const name of operationNames) {
    const [resource = "", verb = ""] = name.split(".");
    const verbs = (resources[resource] ??= {});
    verbs[verb] = (input: unknown, options?: CallOptions) => invoke(name, input, options);
  }
  for (const verbs of Object.values(resources)) Object.freeze(verbs);
  return resources;
}

function isList(name: OperationName): boolean {
  return lists.some((list) => list === name);
}

function asObject(input: unknown): object {
  return typeof input === "object" && input !== null ? input : {};
}
