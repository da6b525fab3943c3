import { operations, type ErrorData } from "@projostack/contract";

export interface Call {
  readonly input?: unknown;
  readonly token?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The output of the operation, or undefined in a failed answer. */
  readonly data: any; // oxlint-disable-line typescript/no-explicit-any -- any operation's answer
  readonly error: ErrorData | undefined;
}

/** Calls an operation by plain HTTP, so that a test sees every byte and may send requests that no client sends. */
export async function call(
  url: string,
  name: string,
  { input, token, workspaceId, headers = {} }: Call = {},
): Promise<Answer> {
  const isQuery = kindOf(name) === "query";
  const json = input === undefined ? undefined : JSON.stringify(input);
  const query = isQuery && json !== undefined ? `?input=${encodeURIComponent(json)}` : "";
  return send(`${url}/trpc/${name}${query}`, {
    method: isQuery ? "GET" : "POST",
    headers: {
      ...(isQuery ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(workspaceId === undefined ? {} : { "x-workspace-id": workspaceId }),
      ...headers,
    },
    ...(isQuery ? {} : { body: json ?? "{}" }),
  });
}

/** Sends a request that no client sends. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const body = parsed(text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    data: body?.result?.data,
    error: body?.error?.data,
  };
}

/** Headers in which two equal answers may differ: the time, and the remaining tries. */
const COUNTED = new Set(["date", "ratelimit"]);

/** @returns the bytes of an answer that must be the same for a foreign row and a missing one */
export function bytesOf({ status, headers, text }: Answer): string {
  const lines = [...headers]
    .filter(([name]) => !COUNTED.has(name))
    .map(([name, value]) => `${name}: ${value}`);
  return [String(status), ...lines, "", text].join("\n");
}

/** @returns the ids on a page of a list, in order */
export function idsOf({ data }: Answer): string[] {
  const { items } = data as { items: readonly { id: string }[] };
  return items.map(({ id }) => id);
}

function kindOf(name: string): "query" | "mutation" | undefined {
  return operations.find((operation) => operation.name === name)?.operation.kind;
}

interface Body {
  result?: { data?: unknown };
  error?: { data?: ErrorData };
}

function parsed(text: string): Body | null {
  try {
    return JSON.parse(text) as Body | null;
  } catch {
    return null;
  }
}
