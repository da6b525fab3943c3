// The same calls in every runtime: Node.js, Deno, Bun and a page in a browser. It uses nothing but the SDK and `fetch`.
import {
  createClient,
  isProjoError,
  memoryTokenStore,
  type Client,
  type Tokens,
  type TokenStore,
} from "@projostack/sdk";

export interface Environment {
  /** The site of ../kit/site.ts. */
  readonly baseUrl: string;
  /** Distinguishes the users of this run. */
  readonly run: string;
  /** Creates an empty store of the runtime, with which the scenarios run once more. */
  readonly storeOf: (name: string) => TokenStore;
}

export interface Outcome {
  readonly name: string;
  /** Undefined when the scenario succeeded. */
  readonly problem: string | undefined;
}

/** Runs every scenario, also after one has failed. */
export async function runScenarios(environment: Environment): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [store, storeOf] of [
    ["in memory", () => memoryTokenStore()],
    ["of the runtime", environment.storeOf],
  ] as const) {
    const user = await signUp({ ...environment, storeOf }, store);
    // The last scenario ends the session.
    for (const [name, scenario] of Object.entries(scenarios)) {
      await user.site.forget();
      const problem = await scenario(user).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? `${error.message}\n${error.stack}` : String(error)),
      );
      outcomes.push({ name: `${name}, with the store ${store}`, problem });
    }
  }
  return outcomes;
}

interface User {
  readonly client: Client;
  /** The client in a workspace of its own. */
  readonly acme: Client;
  readonly tokens: TokenStore;
  readonly site: Site;
  /** Makes the access token of the session expire. */
  readonly expire: () => Promise<void>;
}

let userCount = 0;

async function signUp({ baseUrl, run, storeOf }: Environment, store: string): Promise<User> {
  const site = siteAt(baseUrl);
  const tokens = storeOf(store);
  const client = createClient({ baseUrl, tokens });
  const email = `${run}-${(userCount += 1)}@example.com`;
  const { session } = await client.auth.signUp({ email, password: "correct horse battery staple" });
  const { id } = await client.workspaces.create({ name: "Acme" });
  const expire = async () => {
    const present = (await tokens.get()) as Tokens;
    await tokens.set({ ...present, accessToken: await site.expiredToken(session.id) });
  };
  return { client, acme: client.workspace(id), tokens, site, expire };
}

const scenarios: Readonly<Record<string, (user: User) => Promise<void>>> = {
  "creates, changes and lists tasks": async ({ acme }) => {
    const { id: projectId } = await acme.projects.create({ name: "Launch — größer, 発射" });
    const titles = Array.from({ length: 25 }, (_, index) => `Task ${index}`);
    await acme.tasks.createMany({ items: titles.map((title) => ({ projectId, title })) });
    const page = await acme.tasks.list({ limit: 10 });
    equal(page.items.length, 10);
    const listed: string[] = [];
    for await (const task of acme.tasks.list({ limit: 10 })) listed.push(task.title);
    equal(listed.toSorted().join(), titles.toSorted().join());
    const [first] = page.items;
    await acme.tasks.update({ id: first?.id ?? "", status: "done" });
    equal((await acme.tasks.list({ status: "done" })).items[0]?.title, first?.title);
    equal((await acme.projects.get({ id: projectId })).name, "Launch — größer, 発射");
  },

  "rejects with the reason, the status and the id of the request": async ({ acme }) => {
    const missing = await failureOf(acme.tasks.get({ id: "01890000-0000-7000-8000-000000000000" }));
    equal(isProjoError(missing) && missing.reason, "task.not_found");
    equal(isProjoError(missing) && missing.status, 404);
    ok(isProjoError(missing) && missing.requestId, "There is no request id.");
    const invalid = await failureOf(acme.projects.create({ name: "" }));
    ok(isProjoError(invalid) && invalid.fieldErrors?.["name"], "There is no error of the field name.");
  },

  "refreshes once for 50 calls with an expired token": async ({ client, site, expire }) => {
    await expire();
    const users = await Promise.all(Array.from({ length: 50 }, () => client.auth.me()));
    equal(new Set(users.map(({ user }) => user.id)).size, 1);
    equal((await site.counts())["auth.refresh"], 1);
    equal((await site.counts())["auth.me"], 100);
  },

  "retries a query after 503 and after a closed connection, but no more often than allowed": async ({
    client,
    site,
  }) => {
    await site.fail({ operation: "workspaces.list", how: "unavailable", times: 2 });
    equal((await client.workspaces.list()).items.length, 1);
    equal((await site.counts())["workspaces.list"], 3);
    // Browsers repeat a request themselves when a kept connection is closed.
    await site.fail({ operation: "workspaces.list", how: "cut", times: 1 });
    equal((await client.workspaces.list()).items.length, 1);
    await site.fail({ operation: "auth.me", how: "unavailable", times: 1 });
    const failure = await failureOf(client.auth.me({}, { maxRetries: 0 }));
    equal(isProjoError(failure) && failure.status, 503);
    equal((await site.counts())["auth.me"], 1);
  },

  "aborts a call with the reason of its signal": async ({ client, site }) => {
    await site.fail({ operation: "auth.me", how: "hold", times: 1 });
    const aborting = new AbortController();
    const reason = new Error("The user left the page.");
    const call = failureOf(client.auth.me({}, { signal: aborting.signal }));
    while ((await site.counts())["auth.me"] !== 1) await pause(5);
    aborting.abort(reason);
    equal(await call, reason);
    equal(await failureOf(client.auth.me({}, { signal: AbortSignal.abort(reason) })), reason);
    equal((await site.counts())["auth.me"], 1);
  },

  "ends a call after its time limit": async ({ client, site }) => {
    await site.fail({ operation: "auth.me", how: "hold", times: 1 });
    const failure = await failureOf(client.auth.me({}, { timeoutMs: 150 }));
    equal(isProjoError(failure) && failure.code, "TIMEOUT");
    await client.auth.me();
  },

  "signs out, and removes the tokens from the store": async ({ client, tokens, site }) => {
    await client.auth.signOut();
    equal(await tokens.get(), undefined);
    const failure = await failureOf(client.auth.me());
    equal(isProjoError(failure) && failure.reason, "auth.unauthenticated");
    equal((await site.counts())["auth.refresh"], undefined);
  },
};

type Site = ReturnType<typeof siteAt>;

function siteAt(baseUrl: string) {
  const control = async (path: string, body?: object): Promise<string> => {
    const response = await fetch(`${baseUrl}/control/${path}`, {
      method: "POST",
      body: JSON.stringify(body ?? {}),
    });
    return await response.text();
  };
  return {
    forget: () => control("forget"),
    expiredToken: (sessionId: string) => control("expired-token", { sessionId }),
    /** Returns how often each operation was called. */
    counts: async () => JSON.parse(await control("counts")) as Record<string, number>,
    fail: (fault: { operation: string; how: "unavailable" | "cut" | "hold"; times: number }) =>
      control("fail", fault),
  };
}

function equal(value: unknown, expected: unknown): void {
  ok(Object.is(value, expected), `Expected ${String(expected)}, but got ${String(value)}.`);
}

function ok(value: unknown, message: string): asserts value {
  if (!value) throw new Error(message);
}

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
