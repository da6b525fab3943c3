// A client whose calls are answered in memory. Everything except the network is the real client: validation, sessions,
// retries, pages and errors. The casts connect an operation whose name is known at run
// time with the types of its input and its answer.
import { createMethods, sendWith, type Client } from "../client.ts";
import { systemClock } from "../clock.ts";
import type { CookieClient, SignedInWithCookie } from "../cookie-client.ts";
import { isProjoError, type ProjoError, type ReasonError, type ReasonsOf } from "../errors.ts";
import type { OperationTypes } from "../generated/operation-types.ts";
import { isOperationName, type OperationName } from "../operation-name.ts";
import { checkOptions, type ClientOptions, type CookieClientOptions } from "../options.ts";
import { platform, runtimeFetch, type FetchedResponse, type FetchInit } from "../platform.ts";
import { isConnectionFailure } from "./failures.ts";

/** A call that a test client has received. */
export interface TestCall<Name extends OperationName = OperationName> {
  readonly operation: Name;
  /** The input as the server receives it: parsed JSON, and `{}` for a call without input. */
  readonly input: OperationTypes[Name]["input"];
  readonly workspaceId: string | undefined;
  /** The headers of the request, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns the output of an operation, or returns or throws an error of `projoError` or `connectionFailure`. */
export type Handler<Name extends OperationName> = (
  input: OperationTypes[Name]["input"],
  call: TestCall<Name>,
) => Outcome<Name> | Promise<Outcome<Name>>;

/** An output of the operation, or an error with one of its reasons. */
type Outcome<Name extends OperationName> = OperationTypes[Name]["output"] | ReasonError<ReasonsOf<Name>>;

/** The answer to an operation: an output, an error with one of its reasons, or a function. */
export type AnswerFor<Name extends OperationName> = Outcome<Name> | Handler<Name>;

/** The answers of a test client, by operation. */
export type Answers = { [Name in OperationName]?: AnswerFor<Name> };

type SignIn = "auth.signIn" | "auth.signUp";

/** An answer without tokens, or an error with one of the reasons of the operation. */
type CookieOutcome<Name extends SignIn> = SignedInWithCookie | ReasonError<ReasonsOf<Name>>;

/** The answer to a sign-in of a client whose session is in a cookie. */
export type CookieAnswerFor<Name extends SignIn> =
  | CookieOutcome<Name>
  | ((
      input: OperationTypes[Name]["input"],
      call: TestCall<Name>,
    ) => CookieOutcome<Name> | Promise<CookieOutcome<Name>>);

/** The answers of a test client whose session is in a cookie, by operation. */
export type CookieAnswers = Omit<Answers, SignIn | "auth.refresh"> & {
  [Name in SignIn]?: CookieAnswerFor<Name>;
};

/** A client for unit tests. Its clients of workspaces share the answers and the recorded calls. */
export interface TestClient extends Client {
  /** The calls so far, the oldest first. A retry is not a further call. */
  readonly calls: readonly { [Name in OperationName]: TestCall<Name> }[OperationName][];
}

/** A test client whose session is in a cookie. */
export interface CookieTestClient extends CookieClient, Pick<TestClient, "calls"> {}

/** The options of the client, all optional. */
export type TestClientOptions = Partial<Omit<ClientOptions, "fetch">>;

/** The options of a client whose session is in a cookie. */
export type CookieTestClientOptions = Omit<CookieClientOptions, "fetch" | "baseUrl"> &
  Pick<TestClientOptions, "baseUrl">;

/**
 * Creates a client that answers calls in memory. A call of an operation without an answer rejects with an Error that names
 * it. Waits between retries take no time. Answers added to the object later also apply. Outputs are not validated.
 *
 * @example
 * const client = createTestClient({
 *   "tasks.list": listOf([task]),
 *   "tasks.get": ({ id }) => ({ ...task, id }),
 *   "tasks.delete": projoError("task.not_found"),
 * });
 */
export function createTestClient(answers: CookieAnswers, options: CookieTestClientOptions): CookieTestClient;
export function createTestClient(answers: Answers, options?: TestClientOptions): TestClient;
export function createTestClient(
  answers: Answers | CookieAnswers,
  options: TestClientOptions | CookieTestClientOptions = {},
): TestClient {
  const calls: TestCall[] = [];
  const send = sendWith({ ...systemClock, random: () => 0, sleep: async () => undefined });
  // Each call has a fetch of its own, which answers it.
  const connection = checkOptions({ baseUrl: "http://projo.test", ...options, fetch: runtimeFetch });

  const client = createMethods(connection, async (call) => {
    let isRecorded = false;
    // An error of the test itself, such as a failed assertion in a handler, reaches the caller unchanged.
    let mistake: { readonly error: unknown } | undefined;
    const fetch = async (url: string, init: FetchInit): Promise<FetchedResponse> => {
      const received = readRequest(url, init);
      if (received.operation === call.name && !isRecorded) {
        isRecorded = true;
        calls.push(received);
      }
      try {
        return response(200, { result: { data: await answerOf(answers, received) } });
      } catch (error) {
        if (isConnectionFailure(error)) throw error;
        if (isProjoError(error) && error.status !== undefined) return errorResponse(error, error.status);
        mistake = { error };
        return errorResponse(undefined, 400);
      }
    };
    try {
      return await send({ ...call, connection: { ...call.connection, fetch } });
    } catch (error) {
      throw mistake === undefined ? error : mistake.error;
    }
  });
  return Object.defineProperty(client, "calls", { value: calls }) as TestClient;
}

function readRequest(url: string, init: FetchInit): TestCall {
  const { pathname, search } = new (platform().URL)(url);
  const operation = pathname.slice(pathname.lastIndexOf("/") + 1);
  if (!isOperationName(operation)) throw new Error(`The test client received a request for ${operation}.`);
  const json = init.body ?? decodeURIComponent(search.replace("?input=", ""));
  const input: unknown = json === "" ? {} : JSON.parse(json);
  const parsed = input as TestCall["input"];
  return { operation, input: parsed, workspaceId: init.headers["x-workspace-id"], headers: init.headers };
}

async function answerOf(answers: Answers | CookieAnswers, call: TestCall): Promise<unknown> {
  const answer: unknown = (answers as Answers)[call.operation];
  if (answer === undefined) {
    throw new Error(
      `The test client has no answer for ${call.operation}. Pass one: createTestClient({ "${call.operation}": ... }).`,
    );
  }
  const outcome =
    typeof answer === "function" ? await (answer as Handler<OperationName>)(call.input, call) : answer;
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

function errorResponse(error: ProjoError | undefined, status: number): FetchedResponse {
  const { message = "", code = "BAD_REQUEST", reason, fieldErrors, requestId } = error ?? {};
  const data = {
    code,
    httpStatus: status,
    reason,
    requestId,
    retryAfter: error?.retryAfterSeconds,
    fieldErrors,
  };
  return response(status, { error: { message, code: -32_000, data } });
}

function response(status: number, body: object): FetchedResponse {
  const headers: Readonly<Record<string, string>> = {
    "content-type": "application/json",
    "x-request-id": "test",
  };
  return {
    status,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    text: async () => JSON.stringify(body),
  };
}
