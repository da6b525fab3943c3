// Answers ordinary calls: one or more operations, each with the HTTP method of its kind and JSON input. The response equals
// that of tRPC's adapter, without the Request, Response, streams and signals that the adapter creates for each call and
// that take more time than the rest of the call. All other requests go to the adapter.
import { operations, type Kind } from "@projostack/contract";
import { appRouter } from "../router.ts";
import type { Context } from "../rpc/context.ts";
import { errorShape } from "../rpc/failures/error-shape.ts";
import { asFailure } from "../rpc/failures/failure.ts";
import { findRunner, type Runner } from "../rpc/procedure-builder.ts";
import type { Answer } from "../http/answer.ts";
import type { CallRequest } from "../http/shortcut.ts";
import { isRefusedBatch, MAX_BATCH_CALLS } from "../http/batches.ts";
import { isTransformed } from "../http/refusals/transformed-input.ts";

/** The calls of one request. */
export interface Calls {
  readonly names: readonly string[];
  readonly type: Kind;
  readonly isBatch: boolean;
  /** The inputs, in the order of the names. */
  readonly inputs: readonly unknown[];
}

/** Parses the calls of a request; null when tRPC's adapter must handle it. */
export function parseCalls(request: Omit<CallRequest, "requestId" | "headers" | "record">): Calls | null {
  const { method, url, path, contentType, body } = request;
  const type = KIND_OF_METHOD.get(method);
  const query = parseQuery(url);
  if (!type || !query) return null;
  // A content type on a mutation is JSON here. A mutation without one, or a query with one, goes to the adapter.
  if ((contentType === undefined) !== (type === "query")) return null;
  const names = query.isBatch ? path.split(",") : [path];
  if (names.length > MAX_BATCH_CALLS || !names.every((name) => kinds.get(name) === type)) return null;
  if (isRefusedBatch(names)) return null;
  const text = type === "query" ? query.input : (body ?? "");
  if (typeof text !== "string") return null;
  const inputs = parseInputs(text, query.isBatch ? names.length : null);
  if (inputs?.some(isTransformed)) return null;
  return inputs && { names, type, isBatch: query.isBatch, inputs };
}

const KIND_OF_METHOD: ReadonlyMap<string, Kind> = new Map([
  ["GET", "query"],
  ["POST", "mutation"],
]);

const kinds: ReadonlyMap<string, Kind> = new Map(
  operations.map(({ name, operation }) => [name, operation.kind]),
);

interface Query {
  readonly isBatch: boolean;
  readonly input: string;
}

/** Parses `batch` and `input`; null for other or repeated parameters, malformed escapes and fragments. */
function parseQuery(url: string): Query | null {
  if (url.includes("#")) return null;
  const start = url.indexOf("?");
  if (start === -1) return { isBatch: false, input: "" };
  let isBatch = false;
  let input: string | undefined;
  for (const parameter of url.slice(start + 1).split("&")) {
    if (parameter === "batch=1" && !isBatch) isBatch = true;
    else if (parameter.startsWith("input=") && input === undefined) input = parameter.slice("input=".length);
    else return null;
  }
  const decoded = decode(input ?? "");
  return decoded === null ? null : { isBatch, input: decoded };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null;
  }
}

/** @param batchSize the number of calls in a batch, or null for a single call */
function parseInputs(text: string, batchSize: number | null): unknown[] | null {
  if (batchSize === null && text === "") return [undefined];
  try {
    const parsed: unknown = JSON.parse(text);
    if (batchSize === null) return [parsed];
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
    const byIndex = parsed as Record<string, unknown>;
    return Array.from({ length: batchSize }, (_, index) =>
      Object.hasOwn(byIndex, index) ? byIndex[index] : undefined,
    );
  } catch {
    return null;
  }
}

/** Runs the calls of a request concurrently and builds the response. */
export async function answerCalls(calls: Calls, ctx: Context): Promise<Answer> {
  if (!calls.isBatch) {
    const { status, body } = await answerCall(calls, 0, ctx);
    return { status, text: JSON.stringify(body) };
  }
  const answers = await Promise.all(calls.names.map((_, index) => answerCall(calls, index, ctx)));
  const [first, ...others] = new Set(answers.map(({ status }) => status));
  const status = first === undefined || others.length > 0 ? 207 : first;
  return { status, text: JSON.stringify(answers.map(({ body }) => body)) };
}

interface CallAnswer {
  readonly status: number;
  readonly body: object;
}

async function answerCall({ names, inputs }: Calls, index: number, ctx: Context): Promise<CallAnswer> {
  const path = names[index] ?? "";
  try {
    const data = await runnerOf(path)({
      ctx,
      path,
      batchIndex: index,
      getRawInput: () => Promise.resolve(inputs[index]),
    });
    return { status: 200, body: { result: { data } } };
  } catch (cause) {
    const error = errorShape(asFailure(cause), ctx.requestId);
    return { status: error.data.httpStatus, body: { error } };
  }
}

const runners = new Map<string, Runner>();

function runnerOf(name: string): Runner {
  let run = runners.get(name);
  if (!run) runners.set(name, (run = findRunner(appRouter, name)));
  return run;
}
