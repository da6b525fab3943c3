// The client: one method for each operation of the contract. The methods are created at run time from the list of
// operations and typed by the generated Api. The only cast connects the two; a test verifies that they match.
import type { Answer } from "./answer.ts";
import { systemClock, type Clock } from "./clock.ts";
import type { Client } from "./client-type.ts";
import type { CookieClient } from "./cookie-client.ts";
import { UnknownOperationError } from "./errors.ts";
import { isForeignContext, isValidInput } from "./input.ts";
import { similarOption } from "./option-names.ts";
import { isList, isOperationName, operationNames, type OperationName } from "./operation-name.ts";
import {
  callOptionNames,
  checkOptions,
  isCallOptions,
  checkWorkspaceId,
  type CallOptions,
  type ClientOptions,
  type CookieClientOptions,
  type Connection,
} from "./options.ts";
import type { Page } from "./page.ts";
import { paged } from "./paged.ts";
import { loadRecovery } from "./call/load-recovery.ts";
import { perform } from "./call/perform.ts";
import type { RawResponse } from "./call/raw-response.ts";
import { StartedCall } from "./started-call.ts";

export type { Client } from "./client-type.ts";

/**
 * Creates a client of the server at `baseUrl`. Sends no request. `clientFromEnv` of the subpath `/node` reads the
 * options from environment variables.
 *
 * @example
 * const client = createClient({ baseUrl: "http://127.0.0.1:4000" });
 * await client.auth.signIn({ email: "ann@example.com", password });
 * const acme = client.workspace(workspaceId);
 * for await (const task of acme.tasks.list({ status: "todo" })) console.log(task.title);
 *
 * @throws TypeError that names an invalid option
 */
export function createClient(options: CookieClientOptions): CookieClient;
export function createClient(options: ClientOptions): Client;
export function createClient(options: ClientOptions | CookieClientOptions): Client | CookieClient {
  if (typeof options !== "object" || options === null)
    throw new TypeError("createClient needs options: createClient({ baseUrl }).");
  return connect(checkOptions(options), systemClock);
}

/** Carries out a call. */
export type Send = (call: {
  connection: Connection;
  name: OperationName;
  input: unknown;
  options: CallOptions;
}) => Promise<Answer<unknown>>;

/** Creates a client with the given clock. `createClient` uses the system's clock, tests use their own. */
export function connect(connection: Connection, clock: Clock): Client {
  return createMethods(connection, sendWith(clock));
}

/** Carries out calls over the `fetch` of the connection. */
export function sendWith(clock: Clock): Send {
  return async (call) => {
    let response: RawResponse | undefined;
    const data = await perform({ ...call, clock, onSuccess: (received) => (response = received) });
    const { status, headers, requestId } = response as RawResponse;
    return { data, status, headers, requestId };
  };
}

/** Creates a client whose methods carry out their calls with `send`. */
export function createMethods(connection: Connection, send: Send): Client {
  const invoke = (name: OperationName, givenInput: unknown, givenOptions: unknown) => {
    const run = async (page: object = {}) => {
      const { input, options } = await readArguments(name, givenInput, givenOptions);
      return await send({ connection, name, input: addPage(input, page), options });
    };
    if (!isList(name)) return StartedCall.of(run());
    return paged({
      operation: name,
      hasLimit: (givenInput as { limit?: unknown } | undefined)?.limit !== undefined,
      fetchPage: (page) => run(page) as Promise<Answer<Page<unknown>>>,
    });
  };
  const resources = methods(invoke);
  const { baseUrl, workspaceId } = connection;
  const description = { baseUrl, workspaceId };
  const client = {
    ...resources,
    workspaceId,
    workspace: (id: string) => createMethods({ ...connection, workspaceId: checkWorkspaceId(id) }, send),
    call: (name: unknown, input?: unknown, options?: unknown) => {
      if (typeof name !== "string" || !isOperationName(name)) return refuseName(String(name));
      const [resource = "", verb = ""] = name.split(".");
      return resources[resource]?.[verb]?.(input, options);
    },
  };
  Object.defineProperties(client, {
    workspaceId: { writable: false },
    toJSON: { value: () => description },
    // The form that console.log and util.inspect of Node.js, Deno and Bun print.
    [Symbol.for("nodejs.util.inspect.custom")]: { value: () => `Client ${JSON.stringify(description)}` },
  });
  return client as unknown as Client;
}

/** Returns the arguments without what a library passes in their place. @throws TypeError that names a mistake */
async function readArguments(operation: OperationName, input: unknown, options: unknown) {
  const isIgnored = options === undefined || typeof options === "number" || isForeignContext(options);
  const isValid = isIgnored || (typeof options === "object" && options !== null && isCallOptions(options));
  if (!isValid || !isValidInput(input)) {
    const mistake = (await loadRecovery())?.findMistake({
      operation,
      input,
      isValidInput: isValidInput(input),
      options: isIgnored ? {} : options,
      optionNames: callOptionNames,
      similarOption: (name) => similarOption(name, callOptionNames),
    });
    if (mistake !== undefined) throw mistake;
  }
  return {
    input: isForeignContext(input) ? undefined : input,
    options: isIgnored ? {} : (options as CallOptions),
  };
}

function addPage(input: unknown, page: object): unknown {
  return Object.keys(page).length === 0 ? input : { ...(input as object | undefined), ...page };
}

async function refuseName(name: string): Promise<never> {
  throw new UnknownOperationError(name, (await loadRecovery())?.closeNames(name, operationNames) ?? []);
}

type AnyMethod = (input?: unknown, options?: unknown) => unknown;

function methods(invoke: (name: OperationName, input: unknown, options: unknown) => unknown) {
  const resources: Record<string, Record<string, AnyMethod>> = {};
  for (const name of operationNames) {
    const [resource = "", verb = ""] = name.split(".");
    const verbs = (resources[resource] ??= {});
    // The computed key gives the function its name.
    Object.assign(verbs, { [verb]: (input: unknown, options: unknown) => invoke(name, input, options) });
  }
  return resources;
}
