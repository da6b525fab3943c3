// Users who work without pause while servers of two builds are started and stopped. Every call must succeed, and every answer is
// kept for the comparison with the database.
import { call, password, type Answer } from "../kit/index.ts";

export interface Acknowledged {
  /** The tasks by their id, with the title and status of the last answer. null: deleted. */
  readonly tasks: Map<string, { title: string; status: string } | null>;
  /** The invites by their id, and whether they were revoked. */
  readonly invites: Map<string, "pending" | "revoked" | "accepted">;
  /** The audited changes that were acknowledged. */
  audited: number;
  calls: number;
}

export interface Load {
  /** The workspaces by their id, with what their users were told. */
  readonly workspaces: ReadonlyMap<string, Acknowledged>;
  /** The calls that failed. */
  readonly failures: readonly string[];
  /** Replaces the servers that get new calls. Resolves when no call to another one is running. */
  use(urls: readonly string[]): Promise<void>;
  /** Ends the load and verifies each audit log on each of the servers. @returns the verdicts */
  stop(): Promise<{ isIntact: boolean }[]>;
}

export interface LoadOptions {
  readonly users: number;
  readonly urls: readonly string[];
  /** Verifies the address of a user. */
  readonly verify: (email: string) => Promise<void>;
}

export async function startLoad({ users, urls, verify }: LoadOptions): Promise<Load> {
  const state = { urls, isStopped: false, running: new Map<string, number>() };
  const failures: string[] = [];
  const workspaces = new Map<string, Acknowledged>();
  let turn = 0;

  const onOne: Caller = async (name, options) => {
    turn += 1;
    const url = state.urls[turn % state.urls.length] ?? "";
    state.running.set(url, (state.running.get(url) ?? 0) + 1);
    try {
      const answer = await call(url, name, options);
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text.slice(0, 300)}`);
      return answer;
    } catch (error) {
      failures.push(`${name} at ${url}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    } finally {
      state.running.set(url, (state.running.get(url) ?? 1) - 1);
    }
  };

  const people = await Promise.all(
    Array.from({ length: users }, (_, place) =>
      arriveAt({ caller: onOne, verify }, `user-${place}@example.com`),
    ),
  );
  for (const { workspaceId, acknowledged } of people) workspaces.set(workspaceId, acknowledged);
  const rounds = people.map(async (person) => {
    for (let round = 0; !state.isStopped; round += 1) {
      // The failure is in the list, and the user goes on.
      await workOneRound({ caller: onOne, verify }, person, round).catch(() => {});
    }
  });
  return {
    workspaces,
    failures,
    use: async (next) => {
      state.urls = next;
      const isIdle = () => [...state.running].every(([url, count]) => count === 0 || next.includes(url));
      while (!isIdle()) await new Promise((resolve) => void setTimeout(resolve, 10));
    },
    stop: async () => {
      state.isStopped = true;
      await Promise.all(rounds);
      const checks = people.flatMap(({ token, workspaceId }) =>
        state.urls.map((url) => call(url, "audit.verify", { token, workspaceId })),
      );
      return (await Promise.all(checks)).map(({ data }) => ({ isIntact: data.intact === true }));
    },
  };
}

type Caller = (name: string, options?: Parameters<typeof call>[2]) => Promise<Answer>;

interface Environment {
  readonly caller: Caller;
  readonly verify: (email: string) => Promise<void>;
}

interface Person {
  readonly email: string;
  token: string;
  refreshToken: string;
  readonly workspaceId: string;
  readonly projectId: string;
  readonly acknowledged: Acknowledged;
}

async function arriveAt({ caller, verify }: Environment, email: string): Promise<Person> {
  const { data: account } = await caller("auth.signUp", { input: { email, password } });
  await verify(email);
  const token = String(account.accessToken);
  const { data: workspace } = await caller("workspaces.create", { token, input: { name: `Of ${email}` } });
  const workspaceId = String(workspace.id);
  const { data: project } = await caller("projects.create", { token, workspaceId, input: { name: "First" } });
  return {
    email,
    token,
    refreshToken: String(account.refreshToken),
    workspaceId,
    projectId: String(project.id),
    acknowledged: { tasks: new Map(), invites: new Map(), audited: 0, calls: 0 },
  };
}

/** A session is refreshed, tasks are created, changed and deleted, and an invite is created and revoked or accepted. */
async function workOneRound({ caller, verify }: Environment, person: Person, round: number): Promise<void> {
  const { workspaceId, projectId, acknowledged } = person;
  const { tasks, invites } = acknowledged;
  const as = async (name: string, input: object) => {
    const answer = await caller(name, { token: person.token, workspaceId, input });
    acknowledged.calls += 1;
    return answer;
  };

  const { data: session } = await caller("auth.refresh", { input: { refreshToken: person.refreshToken } });
  person.token = String(session.accessToken);
  person.refreshToken = String(session.refreshToken);

  const ids: string[] = [];
  for (let nth = 0; nth < 4; nth += 1) {
    const title = `Task ${nth} of round ${round}`;
    const { data: task } = await as("tasks.create", { title, projectId });
    tasks.set(String(task.id), { title, status: "todo" });
    ids.push(String(task.id));
  }
  const [changed = "", deleted = ""] = ids;
  await as("tasks.update", { id: changed, status: "done", title: `Changed in round ${round}` });
  tasks.set(changed, { title: `Changed in round ${round}`, status: "done" });
  await as("tasks.delete", { id: deleted });
  tasks.set(deleted, null);
  acknowledged.audited += 1;
  await as("tasks.list", { limit: 20 });
  await as("tasks.list", { search: "changed", limit: 20 });

  const email = `invited-${round}-${person.email}`;
  const { data: invite } = await as("invites.create", { email, role: "viewer" });
  invites.set(String(invite.id), "pending");
  acknowledged.audited += 1;
  if (round % 3 === 0) {
    const { data: guest } = await caller("auth.signUp", { input: { email, password } });
    await verify(email);
    await caller("invites.accept", { token: String(guest.accessToken), input: { token: invite.token } });
    invites.set(String(invite.id), "accepted");
  } else {
    await as("invites.revoke", { id: invite.id });
    invites.set(String(invite.id), "revoked");
  }
  acknowledged.audited += 1;
  const { data: verdict } = await as("audit.verify", {});
  if (verdict.intact !== true) throw new Error("The audit log is not intact.");
}
