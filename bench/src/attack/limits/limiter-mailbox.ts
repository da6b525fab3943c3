// New accounts with two workspaces each send as many mails to one address as the server allows.
import { z } from "zod";
import { openLoad, type Load } from "../../load/load-client.ts";
import type { Figure } from "../../runner/figure.ts";
import type { Subject } from "../../runner/run-bench.ts";
import { expectOutput, mutationOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";

export const limiterMailbox = (testbed: SharedTestbed): Subject => ({
  name: "mailbox",
  title: "mails to one address from new accounts with two workspaces each",
  measure: async (options) => measure(await testbed.open(options)),
});

const ACCOUNTS = 3;
const WORKSPACES = 2;
const TRIES = 10;
/** The documented limits of a mailbox per day (docs/invites.md). */
const MAX_INVITES = 8;
const MAX_VERIFICATIONS = 10;

async function measure(testbed: Testbed): Promise<Figure[]> {
  const { database } = testbed;
  const environment = { PROJO_TRUSTED_PROXIES: "127.0.0.1" };
  const { server } = await testbed.start("projo", { environment });
  const load = openLoad({ url: server.url, connections: 1 });
  try {
    const accounts: Account[] = [];
    for (let n = 0; n < ACCOUNTS; n += 1) accounts.push(await createSender(load, n));
    const unverified = await inviteFromAll(load, accounts);
    const ids = accounts.map(({ id }) => id);
    await database.owner.query("UPDATE users SET email_verified_at = now() WHERE id = ANY ($1::uuid[])", [
      ids,
    ]);
    const verified = await inviteFromAll(load, accounts);
    const signUps = await signUpVariants(load);
    return [
      { name: "invites sent by unverified accounts", value: unverified, unit: "mails", goal: { atMost: 0 } },
      {
        name: "invites sent by verified accounts",
        value: verified,
        unit: "mails",
        goal: { atMost: MAX_INVITES },
      },
      {
        name: "verification mails to variants of one address",
        value: signUps,
        unit: "mails",
        goal: { atMost: MAX_VERIFICATIONS },
      },
    ];
  } finally {
    await load.close();
    await server.stop();
  }
}

interface Account {
  readonly id: string;
  readonly token: string;
  readonly address: string;
  readonly workspaces: readonly string[];
}

const SignedIn = z.object({ user: z.object({ id: z.string() }), accessToken: z.string() });
const WithId = z.object({ id: z.string() });

async function createSender(load: Load, n: number): Promise<Account> {
  const address = `198.51.100.${n + 1}`;
  const input = { email: `fresh${n}.${Date.now()}@example.com`, password: "correct horse battery staple" };
  const { user, accessToken: token } = await outputOf(load, SignedIn, {
    operation: "auth.signUp",
    input,
    address,
  });
  const workspaces: string[] = [];
  for (let made = 0; made < WORKSPACES; made += 1) {
    const createWorkspace = { operation: "workspaces.create", input: { name: "Prize draw" }, address, token };
    const { id } = await outputOf(load, WithId, createWorkspace);
    workspaces.push(id);
  }
  return { id: user.id, token, address, workspaces };
}

/** @returns the number of accepted invites. Each of them is a mail */
async function inviteFromAll(load: Load, accounts: readonly Account[]): Promise<number> {
  let sent = 0;
  for (const { token, address, workspaces } of accounts) {
    for (const workspaceId of workspaces) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const email = tries % 2 === 0 ? "stranger@example.com" : `stranger+${tries}@example.com`;
        const sender = { address, token, workspaceId };
        const id = await idOf(load, { operation: "invites.create", input: { email }, ...sender });
        if (id === null) continue;
        sent += 1;
        if (await idOf(load, { operation: "invites.resend", input: { id }, ...sender })) sent += 1;
        await idOf(load, { operation: "invites.revoke", input: { id }, ...sender });
      }
    }
  }
  return sent;
}

/** Signs up with variants of one address: each is a different account, and all mails go to the same mailbox. */
async function signUpVariants(load: Load): Promise<number> {
  let sent = 0;
  for (let n = 0; n < 2 * MAX_VERIFICATIONS; n += 1) {
    const input = { email: `victim+${n}@example.com`, password: "correct horse battery staple" };
    await send(load, { operation: "auth.signUp", input, address: `203.0.113.${n}` }, (status) => {
      if (status === 200) sent += 1;
      return true;
    });
  }
  return sent;
}

interface Call {
  readonly operation: string;
  readonly input: object;
  readonly address: string;
  readonly token?: string;
  readonly workspaceId?: string;
}

type Expect = (status: number, body: string) => boolean;

async function send(load: Load, call: Call, expect: Expect): Promise<void> {
  const { operation, input, address, token, workspaceId } = call;
  const request = mutationOf(null, operation, input, expect);
  const headers = {
    ...request.headers,
    "x-forwarded-for": address,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(workspaceId && { "x-workspace-id": workspaceId }),
  };
  await load.burst(() => ({ ...request, headers }), { count: 1, concurrency: 1 });
}

/** Sends a call and returns its output. @throws Error if the call fails */
async function outputOf<T>(load: Load, output: z.ZodType<T>, call: Call): Promise<T> {
  const answers: T[] = [];
  await send(
    load,
    call,
    expectOutput(output, (answer) => void answers.push(answer)),
  );
  const [answer] = answers;
  if (answer === undefined) throw new Error(`${call.operation} failed.`);
  return answer;
}

/** Sends a call and returns the id in its output, or null if the call was refused. */
async function idOf(load: Load, call: Call): Promise<string | null> {
  let id: string | null = null;
  const keep = expectOutput(WithId, (answer) => void (id = answer.id));
  await send(load, call, (status, body) => keep(status, body) || true);
  return id;
}
