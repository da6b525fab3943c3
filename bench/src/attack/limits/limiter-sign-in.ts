// Account owners sign in from their usual addresses, while attackers try passwords without pause. The server has its default
// limits. It trusts this machine as a proxy, so that each caller can have a different address.
import { setTimeout as delay } from "node:timers/promises";
import { openLoad, type Load } from "../../load/load-client.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { mutationOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";

export const oneNetwork = (testbed: SharedTestbed): Subject => ({
  name: "one-network",
  title: "48 parallel wrong sign-ins from one IPv6 /48 while 20 account owners sign in",
  measure: async (options) => measure(options, await testbed.open(options), anyAddressOfOneNetwork),
});

export const manyNetworks = (testbed: SharedTestbed): Subject => ({
  name: "many-networks",
  title: "48 parallel wrong sign-ins, each from a different IPv4 address, while 20 account owners sign in",
  measure: async (options) => measure(options, await testbed.open(options), anyAddress),
});

const OWNERS = 20;
const ATTACKERS = 48;
const HEAD_START_MS = 1_000;
const PASSWORD = "correct horse battery staple";

interface Owner {
  readonly email: string;
  readonly address: string;
}

async function measure(
  { quick }: RunOptions,
  testbed: Testbed,
  nextAddress: () => string,
): Promise<Figure[]> {
  const environment = { PROJO_TRUSTED_PROXIES: "127.0.0.1" };
  const { server } = await testbed.start("projo", { environment });
  const ownerLoad = openLoad({ url: server.url, connections: OWNERS });
  const attackerLoad = openLoad({ url: server.url, connections: ATTACKERS });
  try {
    const owners = await signUpAll(ownerLoad);
    const answers = new Map<number, number>();
    const attack = { isOn: true };
    const attacking = tryWrongPasswords(attackerLoad, { owners, nextAddress, answers, attack });
    await delay(HEAD_START_MS);
    const sequential = await signInAll(ownerLoad, owners, 1);
    await delay(quick ? 1_000 : 10_000);
    const concurrent = await signInAll(ownerLoad, owners, OWNERS);
    attack.isOn = false;
    await attacking;
    const of = (status: number) => answers.get(status) ?? 0;
    const goal = { atLeast: OWNERS };
    return [
      {
        name: "owners signed in, one after the other",
        value: sequential.signedIn,
        unit: `of ${OWNERS}`,
        goal,
      },
      { name: "owners signed in, all at once", value: concurrent.signedIn, unit: `of ${OWNERS}`, goal },
      {
        name: "slowest sign-in of an owner",
        value: Math.max(sequential.slowestMs, concurrent.slowestMs),
        unit: "ms",
      },
      { name: "attempts refused for the password (401)", value: of(401), unit: "attempts" },
      { name: "attempts refused by a limit (429)", value: of(429), unit: "attempts" },
      { name: "attempts refused by the hashing queue (503)", value: of(503), unit: "attempts" },
    ];
  } finally {
    await Promise.all([ownerLoad.close(), attackerLoad.close()]);
    await server.stop();
  }
}

/** Signs each owner up from a different address. The server then knows that address as the owner's. */
async function signUpAll(ownerLoad: Load): Promise<Owner[]> {
  const run = Date.now();
  const owners = Array.from({ length: OWNERS }, (_, n) => ({
    email: `owner${n}.${run}@example.com`,
    address: `192.0.2.${n + 1}`,
  }));
  for (const owner of owners) {
    const request = from(owner.address, "auth.signUp", { email: owner.email, password: PASSWORD });
    await ownerLoad.burst(() => request, { count: 1, concurrency: 1 });
  }
  return owners;
}

async function signInAll(ownerLoad: Load, owners: readonly Owner[], concurrency: number) {
  let signedIn = 0;
  let slowestMs = 0;
  const queue = [...owners];
  const next = () => {
    const { email, address } = queue.pop() ?? { email: "", address: "" };
    const startedAt = performance.now();
    return from(address, "auth.signIn", { email, password: PASSWORD }, (status) => {
      if (status === 200) signedIn += 1;
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      return true;
    });
  };
  await ownerLoad.burst(next, { count: OWNERS, concurrency });
  return { signedIn, slowestMs };
}

interface Attack {
  readonly owners: readonly Owner[];
  readonly nextAddress: () => string;
  readonly answers: Map<number, number>;
  readonly attack: { isOn: boolean };
}

/** Every second attempt is for the account of an owner, the others are for accounts that do not exist. */
async function tryWrongPasswords(
  attackerLoad: Load,
  { owners, nextAddress, answers, attack }: Attack,
): Promise<void> {
  let tries = 0;
  const next = () => {
    tries += 1;
    const owner = tries % 2 === 0 ? owners[tries % owners.length] : undefined;
    const email = owner?.email ?? `nobody${tries}@example.com`;
    const input = { email, password: `wrong horse battery ${tries}` };
    return from(nextAddress(), "auth.signIn", input, (status) => {
      answers.set(status, (answers.get(status) ?? 0) + 1);
      return true;
    });
  };
  while (attack.isOn) await attackerLoad.burst(next, { ms: 250, concurrency: ATTACKERS });
}

type Expect = (status: number) => boolean;

function from(address: string, operation: string, input: object, expect?: Expect) {
  const request = mutationOf(null, operation, input, expect);
  return { ...request, headers: { ...request.headers, "x-forwarded-for": address } };
}

const below = (bound: number): number => Math.floor(Math.random() * bound);

/** Returns an address in a random /64 of one /48. */
const anyAddressOfOneNetwork = (): string => `2001:db8:bad:${below(65_536).toString(16)}::1`;

const anyAddress = (): string => `10.${below(256)}.${below(256)}.${below(256)}`;
