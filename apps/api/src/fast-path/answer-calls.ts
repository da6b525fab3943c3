// The way of nearly every call: one or several operations, each called with the method of its kind and with JSON. What is
// answered is what tRPC's own adapter answers, without the Request, Response, streams and signals that it makes for each call,
// which cost more than all else that the server does for it. Whatever is out of the ordinary goes to that adapter.
import { operations, type Kind } from "@projostack/contract";
import { appRouter } from "../router.ts";
import type { Context } from "../rpc/context.ts";
import { errorShape } from "../rpc/error-shape.ts";
import { asFailure } from "../rpc/failure.ts";
import { findRunner, type Runner } from "../rpc/procedure-builder.ts";
import type { Answer } from "../http/answer.ts";
import type { CallRequest } from "../http/shortcut.ts";
import { isRefusedBatch, MAX_BATCH_CALLS } from "../http/batches.ts";

/** The calls of a request, as they are answered here. */
export interface Calls {
  readonly names: readonly string[];
  readonly type: Kind;
  readonly isBatch: boolean;
  /** The input of each, in their order. */
  readonly inputs: readonly unknown[];
}

/** What a request calls; null where tRPC's adapter should look at it. */
export function parseCalls(request: Omit<CallRequest, "requestId">): Calls | null {
  const { method, url, path, contentType, body } = request;
  const type = KIND_OF_METHOD.get(method);
  const query = parseQuery(url);
  if (!type || !query) return null;
  // A body that got here is JSON by its header. Without one, or with one on a GET, something odd may be meant.
  if ((contentType === undefined) !== (type === "query")) return null;
  const names = query.isBatch ? path.split(",") : [path];
  if (names.length > MAX_BATCH_CALLS || !names.every((name) => kinds.get(name) === type)) return null;
  if (isRefusedBatch(names)) return null;
  const text = type === "query" ? query.input : (body ?? "");
  if (typeof text !== "string") return null;
  const inputs = parseInputs(text, query.isBatch ? names.length : null);
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

/** Null for any other parameter than these two, for one that comes twice, for escapes that are malformed, and for a fragment. */
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

/** @param many how many calls a batch has, or null for a single call */
function parseInputs(text: string, many: number | null): unknown[] | null {
  if (many === null && text === "") return [undefined];
  try {
    const given: unknown = JSON.parse(text);
    if (many === null) return [given];
    if (typeof given !== "object" || given === null || Array.isArray(given)) return null;
    const byPlace = given as Record<string, unknown>;
    return Array.from({ length: many }, (_, place) =>
      Object.hasOwn(byPlace, place) ? byPlace[place] : undefined,
    );
  } catch {
    return null;
  }
}

/** Answers the calls, all of a batch at once. */
export async function answerCalls(calls: Calls, ctx: Context): Promise<Answer> {
  if (!calls.isBatch) {
    const { status, body } = await answerCall(calls, 0, ctx);
    return { status, text: JSON.stringify(body) };
  }
  const answers = await Promise.all(calls.names.map((_, place) => answerCall(calls, place, ctx)));
  const [first, ...others] = new Set(answers.map(({ status }) => status));
  const status = first === undefined || others.length > 0 ? 207 : first;
  return { status, text: JSON.stringify(answers.map(({ body }) => body)) };
}

interface CallAnswer {
  readonly status: number;
  readonly body: object;
}

async function answerCall({ names, inputs }: Calls, place: number, ctx: Context): Promise<CallAnswer> {
  const path = names[place] ?? "";
  try {
    const data = await runnerOf(path)({ ctx, path, getRawInput: () => Promise.resolve(inputs[place]) });
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
