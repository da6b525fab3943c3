// A program that uses `@projostack/sdk`. `pnpm sdk:consumers` compiles it in projects of many kinds.
import {
  createClient,
  isProjoError,
  isReason,
  ProjoConnectionError,
  ProjoTimeoutError,
  type CallOptions,
  type Client,
  type ClientOptions,
  type CookieClient,
  type Fetch,
  type Page,
  type Reason,
  type Task,
  type TasksListInput,
  type Tokens,
  type TokenStore,
} from "@projostack/sdk";

export async function tour(client: Client): Promise<string[]> {
  const acme = client.workspace("w");
  const status: TasksListInput["status"] = undefined;
  const options: CallOptions = { timeoutMs: undefined };
  const task: Task = await acme.tasks.create({ projectId: "p", title: "t", status }, options);
  const page: Page<Task> = await acme.tasks.list({ status: "todo" });
  const titles = [task.title, ...page.items.map(({ title }) => title)];
  for await (const { title } of acme.tasks.list()) titles.push(title);
  const named: Task = await client.call("tasks.get", { id: "t" });
  const { data, error } = await acme.tasks.get({ id: "t" }).result();
  if (error?.reason === "task.not_found") return titles;
  const { requestId = "" } = await acme.tasks.get({ id: "t" }).withResponse();
  const all = await acme.tasks.list().all({ max: 500 });
  return [...titles, named.title, data?.title ?? "", requestId, ...all.map(({ id }) => id)];
}

export function why(error: unknown): Reason | string | undefined {
  if (error instanceof ProjoTimeoutError) return "timeout";
  if (error instanceof ProjoConnectionError) return error.message;
  if (isReason(error, "task.not_found")) return error.reason;
  return isProjoError(error) ? error.reason : undefined;
}

const stub: Fetch = async () => ({ status: 200, headers: { get: () => null }, text: async () => "{}" });
const options: ClientOptions = {
  baseUrl: "http://127.0.0.1:4000",
  fetch: stub,
  headers: { "x-tenant": "a" },
  maxConcurrency: 4,
  onRequest: ({ operation }) => void operation,
  onRetry: ({ operation }) => void operation,
};
export const stubbed: Client = createClient(options);

export const withToken: Client = createClient({ ...options, token: async () => "token" });
/** Methods are passed on as values. */
export const created: Promise<Task>[] = [{ projectId: "p", title: "t" }].map(stubbed.tasks.create);

let kept: Tokens | undefined;
const tokens: TokenStore = {
  get: () => kept,
  set: (changed) => {
    kept = changed;
  },
  clear: () => {
    kept = undefined;
  },
};
export const stored = createClient({ ...options, tokens });

/** The results of a client whose session is in a cookie have no tokens. */
export const withCookie: CookieClient = createClient({ baseUrl: "", session: "cookie", fetch: stub });
export const signedIn = async (): Promise<string> =>
  (await withCookie.auth.signIn({ email: "a@b.c", password: "p" })).user.email;
