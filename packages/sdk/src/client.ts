// The client: the operations of the contract as methods, over one connection. The methods are made from the list of
// operations at run time and typed by the generated Api; the one cast joins the two, and the tests hold them together.
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
import { paged, type Page } from "./paged.ts";
import { perform } from "./call/perform.ts";

export interface Client extends Api {
  /** The workspace that this client's calls are about; the session's current one when undefined. */
  readonly workspaceId: string | undefined;

  /** A client of the same session whose calls are about this workspace. The client itself stays as it is. */
  workspace(id: string): Client;

  /**
   * Calls an operation whose name is known at run time only: its input and answer are unchecked.
   *
   * @throws UnknownOperationError, with names that look like it
   */
  call<Name extends string>(
    name: string extends Name ? Name : never,
    input?: unknown,
    options?: CallOptions,
  ): Promise<unknown>;

  /** Calls an operation by its name, as `client.tasks.create(...)` does. */
  call<Name extends OperationName>(name: Name, ...args: Parameters<Method<Name>>): ReturnType<Method<Name>>;
}

/** Makes a client of the server at `baseUrl`. Nothing is sent yet. @throws TypeError when an option is not right */
export function createClient(options: ClientOptions): Client {
  return connect(checkOptions(options), systemClock);
}

/** `createClient` for tests, which own the time. */
export function connect(connection: Connection, clock: Clock): Client {
  const invoke = (name: OperationName, input: unknown, options: CallOptions = {}) => {
    const run = (itsInput: unknown) => perform({ connection, clock, name, input: itsInput, options });
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
  const nouns: Record<string, Record<string, unknown>> = {};
  for (const name of operationNames) {
    const [noun = "", verb = ""] = name.split(".");
    const verbs = (nouns[noun] ??= {});
    verbs[verb] = (input: unknown, options?: CallOptions) => invoke(name, input, options);
  }
  for (const verbs of Object.values(nouns)) Object.freeze(verbs);
  return nouns;
}

function isList(name: OperationName): boolean {
  return lists.some((list) => list === name);
}

function asObject(input: unknown): object {
  return typeof input === "object" && input !== null ? input : {};
}
