// One account verifies a long audit log without pause, on several connections. Every second request is a batch of ten
// verifications, which the server must refuse. Meanwhile a user of another workspace calls auth.me. The duration of these calls
// is compared with their duration while the account calls auth.me on the same connections: it already has the cost of four
// more callers.
import { setTimeout as delay } from "node:timers/promises";
import { seedLog } from "../../audit-verify/seed-log.ts";
import { openLoad, type Burst, type HttpRequest } from "../../load/load-client.ts";
import type { Figure } from "../../runner/figure.ts";
import { inRounds } from "../../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { defaultBudgets } from "./cost-budgets.ts";
import { createAccount } from "./new-account.ts";

export const costVerify = (testbed: SharedTestbed): Subject => ({
  name: "cost-verify",
  title: "auth.me of other users while one account verifies a long audit log without pause",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const ATTACKERS = 4;
const OTHERS = 2;
const HEAD_START_MS = 500;
const ROUNDS = 5;

interface Reading {
  readonly others: Burst;
  /** The calls of the account; null while it sends none. */
  readonly account: Burst | null;
}

async function measure({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { server } = await testbed.start("projo", { environment: defaultBudgets });
  const others = openLoad({ url: server.url, connections: OTHERS });
  const attackers = openLoad({ url: server.url, connections: ATTACKERS });
  try {
    const other = await createAccount(others, "bystander");
    const attacker = await createAccount(attackers, "auditor");
    const workspace = { id: attacker.workspaceId, userId: attacker.userId };
    await seedLog(testbed.database.owner, { workspace, entries: quick ? 10_000 : 50_000, progress });
    const limits = { limit: 10_000 };
    const ten = Array.from({ length: 10 }, () => limits);
    let sent = 0;
    const verify = () => {
      sent += 1;
      return sent % 2 === 1
        ? attacker.request("GET", "audit.verify", ...ten)
        : attacker.request("GET", "audit.verify", limits);
    };
    const ms = quick ? 1_000 : 5_000;
    const me = () => ({ ...other.request("GET", "auth.me"), expect: (status: number) => status === 200 });
    const measureOthers = () => others.burst(me, { ms, concurrency: OTHERS });
    const measureBeside = async (requests: () => HttpRequest): Promise<Reading> => {
      const account = attackers.burst(requests, { ms: ms + 2 * HEAD_START_MS, concurrency: ATTACKERS });
      const [during] = await Promise.all([delay(HEAD_START_MS).then(measureOthers), account]);
      return { others: during, account: await account };
    };
    await measureOthers();
    const readings = await inRounds<Reading>(
      [
        { name: "alone", take: async () => ({ others: await measureOthers(), account: null }) },
        { name: "beside auth.me", take: () => measureBeside(() => attacker.request("GET", "auth.me")) },
        { name: "attacked", take: () => measureBeside(verify) },
      ],
      { rounds: ROUNDS, progress },
    );
    const p50 = ({ others: { p50Ms } }: Reading) => p50Ms;
    const p99 = ({ others: { p99Ms } }: Reading) => p99Ms;
    const lowest = (name: string) => readings.lowest(name, p50);
    return [
      { name: "auth.me alone, lowest p50", value: lowest("alone"), unit: "ms" },
      { name: "auth.me alone, median p99", value: readings.median("alone", p99), unit: "ms" },
      {
        name: "auth.me beside auth.me of the account, lowest p50",
        value: lowest("beside auth.me"),
        unit: "ms",
      },
      { name: "auth.me during the attack, lowest p50", value: lowest("attacked"), unit: "ms" },
      { name: "auth.me during the attack, median p99", value: readings.median("attacked", p99), unit: "ms" },
      {
        name: "p50 during the attack, relative to alone",
        value: lowest("attacked") / lowest("alone"),
        unit: "x",
      },
      {
        name: "p50 during the attack, relative to beside auth.me",
        value: lowest("attacked") / lowest("beside auth.me"),
        unit: "x",
        goal: { atMost: 3 },
      },
      {
        name: "answered requests of the attack",
        value: readings.median("attacked", ({ account }) => account?.perSecond ?? 0),
        unit: "1/s",
      },
    ];
  } finally {
    await Promise.all([others.close(), attackers.close()]);
    await server.stop();
  }
}
