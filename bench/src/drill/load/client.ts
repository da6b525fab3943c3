// A program that uses the SDK with its default retries: it reads, creates, changes and deletes tasks, and invites people.
import { createClient, isProjoError, type Client, type Fetch } from "@projostack/sdk";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../random.ts";
import type { InviteRecord, Ledger, Outcome, TaskRecord } from "./ledger.ts";

export interface Account {
  readonly email: string;
  readonly password: string;
}

export interface Home {
  readonly account: Account;
  readonly workspaceId: string;
  readonly projectId: string;
}

export interface FailedCall {
  readonly operation: string;
  readonly at: number;
  readonly message: string;
}

export interface LoadClient {
  /** Calls until the signal, and then finishes the present call. */
  run(signal: AbortSignal): Promise<void>;
}

interface LoadClientOptions {
  readonly name: string;
  readonly url: string;
  readonly home: Home;
  readonly fetch: Fetch;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly pauseMs: number;
  /** Receives each call that failed after the retries of the SDK. */
  readonly failed: (call: FailedCall) => void;
}

/** A workspace can have a limited number of pending invites, so a client revokes its oldest one when it has more. */
const MAX_PENDING_INVITES = 20;

export async function openLoadClient(options: LoadClientOptions): Promise<LoadClient> {
  const { name, url, home, fetch, random, ledger, pauseMs, failed } = options;
  const client = createClient({ baseUrl: url, fetch, workspaceId: home.workspaceId });
  await client.auth.signIn(home.account);
  /** Tasks whose every change so far was acknowledged. */
  const settled: TaskRecord[] = [];
  const pendingInvites: (readonly [id: string, record: InviteRecord])[] = [];
  let made = 0;

  const attempt = async (operation: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!isProjoError(error)) throw error;
      failed({ operation, at: performance.now(), message: error.message });
      return error;
    }
    return null;
  };
  /** Makes a change, records its outcome, and has it repeated later with its key if the outcome is unknown. */
  const change = async (
    operation: string,
    call: (idempotencyKey?: string) => Promise<void>,
    record: (outcome: Outcome) => void,
  ): Promise<void> => {
    const error = await attempt(operation, () => call());
    if (error === null) return record("acknowledged");
    record(error.mayHaveBeenCarriedOut ? "unknown" : "refused");
    if (error.status === 404) ledger.contradictions.push(`${operation}: ${error.message}`);
    if (!error.mayHaveBeenCarriedOut) return;
    const key = error.idempotencyKey;
    ledger.unsettled.push(async () => {
      await call(key);
      record("acknowledged");
    });
  };

  const create = async () => {
    const title = `${name} task ${(made += 1)}`;
    const task: TaskRecord = {
      kind: "task",
      title,
      workspaceId: home.workspaceId,
      id: null,
      create: "unknown",
      finish: null,
      delete: null,
    };
    ledger.tasks.push(task);
    await change(
      "tasks.create",
      async (idempotencyKey) => {
        const { id } = await client.tasks.create({ projectId: home.projectId, title }, { idempotencyKey });
        task.id = id;
      },
      (outcome) => void (task.create = outcome),
    );
    if (task.create === "acknowledged") settled.push(task);
  };
  const finish = async () => {
    const task = settled[random.below(settled.length)];
    if (!task?.id || task.finish !== null) return create();
    const { id } = task;
    await change(
      "tasks.update",
      async (idempotencyKey) => void (await client.tasks.update({ id, status: "done" }, { idempotencyKey })),
      (outcome) => void (task.finish = outcome),
    );
    if (task.finish !== "acknowledged") settled.splice(settled.indexOf(task), 1);
  };
  const remove = async () => {
    const [task] = settled.splice(random.below(settled.length), 1);
    if (!task?.id) return create();
    const { id } = task;
    await change(
      "tasks.delete",
      async (idempotencyKey) => void (await client.tasks.delete({ id }, { idempotencyKey })),
      (outcome) => void (task.delete = outcome),
    );
  };
  const invite = async () => {
    const email = `${name.replaceAll(" ", "-")}-guest-${(made += 1)}@example.com`;
    const record: InviteRecord = {
      kind: "invite",
      email,
      workspaceId: home.workspaceId,
      create: "unknown",
      isRevoked: false,
    };
    ledger.invites.push(record);
    await change(
      "invites.create",
      async (idempotencyKey) => {
        const { id } = await client.invites.create({ email, role: "viewer" }, { idempotencyKey });
        pendingInvites.push([id, record]);
      },
      (outcome) => void (record.create = outcome),
    );
    const [oldest] = pendingInvites.length > MAX_PENDING_INVITES ? pendingInvites.splice(0, 1) : [];
    if (!oldest) return;
    const [id, oldRecord] = oldest;
    oldRecord.isRevoked = true;
    await attempt("invites.revoke", async () => void (await client.invites.revoke({ id })));
  };
  const get = async () => {
    const task = settled[random.below(settled.length)];
    if (!task?.id) return list();
    const { id } = task;
    const error = await attempt("tasks.get", async () => {
      const found = await client.tasks.get({ id });
      if (found.title !== task.title) ledger.contradictions.push(`tasks.get returned another task: ${id}`);
    });
    if (error?.status === 404) ledger.contradictions.push(`tasks.get did not find the task "${task.title}"`);
  };
  const list = async () => {
    await attempt("tasks.list", async () => void (await client.tasks.list({ limit: 20 })));
  };
  const signIn = async () => {
    const another: Client = createClient({ baseUrl: url, fetch });
    await attempt("auth.signIn", async () => {
      await another.auth.signIn(home.account);
      await another.auth.me();
      await another.auth.signOut();
    });
  };

  const turn = async () => {
    const dice = random.next();
    if (dice < 0.3) return list();
    if (dice < 0.55) return get();
    if (dice < 0.8) return create();
    if (dice < 0.88) return finish();
    if (dice < 0.97) return remove();
    return dice < 0.99 ? invite() : signIn();
  };
  return {
    run: async (signal) => {
      while (!signal.aborted) {
        await turn();
        await delay(random.between(pauseMs / 2, pauseMs * 1.5));
      }
    },
  };
}
