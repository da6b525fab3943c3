// Accounts that create workspaces and go on writing in them, each through the SDK.
import { setTimeout as wait } from "node:timers/promises";
import { createClient, memoryTokenStore, type TokenStore } from "@projostack/sdk";

export interface Account {
  readonly email: string;
  readonly password: string;
  readonly workspaceId: string;
  readonly projectId: string;
  /** The session of the account before the restore. */
  readonly store: TokenStore;
}

export async function createAccounts(url: string, many: number): Promise<Account[]> {
  return Promise.all(
    Array.from({ length: many }, async (_, at) => {
      const store = memoryTokenStore();
      const client = createClient({ baseUrl: url, tokens: store });
      const email = `drill-${at}@example.com`;
      const password = `a long password of the drill ${at}`;
      await client.auth.signUp({ email, password });
      const { id: workspaceId } = await client.workspaces.create({ name: `Workspace ${at}` });
      const { id: projectId } = await client.workspace(workspaceId).projects.create({ name: "Drill" });
      return { email, password, workspaceId, projectId, store };
    }),
  );
}

export interface Writers {
  /** The number of acknowledged changes. */
  readonly acknowledged: number;
  /** Waits for the calls in flight, and starts none until `resume`. */
  pause(): Promise<void>;
  resume(): void;
  /** Waits until a call of each writer has failed, a minute at most. @returns whether each has failed */
  untilFailed(): Promise<boolean>;
}

/** Creates tasks and deletes every fourth one, which adds an audit entry, until a call fails. */
export function startWriters(url: string, accounts: readonly Account[]): Writers {
  const state = { isStopped: false };
  let acknowledged = 0;
  let loops: Promise<void>[] = [];
  const write = async ({ workspaceId, projectId, store }: Account): Promise<void> => {
    const workspace = createClient({ baseUrl: url, tokens: store }).workspace(workspaceId);
    for (let n = 0; !state.isStopped; n += 1) {
      const { id } = await workspace.tasks.create({ projectId, title: `Task ${n}` });
      if (n % 4 === 0) await workspace.tasks.delete({ id });
      acknowledged += n % 4 === 0 ? 2 : 1;
      await wait(20);
    }
  };
  const resume = () => {
    state.isStopped = false;
    loops = accounts.map(write);
    // `pause` and `untilFailed` report the error.
    for (const loop of loops) loop.catch(() => {});
  };
  const pause = async () => {
    state.isStopped = true;
    await Promise.all(loops);
  };
  const untilFailed = async () => {
    const results = await Promise.race([Promise.allSettled(loops), wait(60_000, [], { ref: false })]);
    state.isStopped = true;
    return results.length > 0 && results.every(({ status }) => status === "rejected");
  };
  resume();
  return {
    get acknowledged() {
      return acknowledged;
    },
    pause,
    resume,
    untilFailed,
  };
}
