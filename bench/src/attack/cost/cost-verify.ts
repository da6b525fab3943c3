// One account has a long audit log checked without pause, ten times in each request where the server lets it, and as fast as
// its connections carry it. A member of another workspace asks who they are meanwhile.
import { setTimeout as delay } from "node:timers/promises";
import { plantLog } from "../../audit-verify/plant-log.ts";
import { openLoad, type Burst } from "../../load/load-client.ts";
import type { Figure } from "../../runner/figure.ts";
import { inRounds } from "../../runner/in-rounds.ts";
import type { How, Subject } from "../../runner/run-bench.ts";
import type { SharedStage } from "../../stage/shared-stage.ts";
import type { Stage } from "../../stage/stage.ts";
import { defaultBudgets } from "./cost-budgets.ts";
import { newcomer } from "./cost-newcomer.ts";

export const costVerify = (stage: SharedStage): Subject => ({
  name: "cost-verify",
  title: "auth.me of others while one account checks a long audit log without pause",
  measure: async (how) => measure(how, await stage.open(how)),
});

const ATTACKERS = 4;
const OTHERS = 2;
const HEAD_START_MS = 500;

interface Reading {
  readonly others: Burst;
  readonly attack: Burst | null;
}

async function measure({ quick, say }: How, stage: Stage): Promise<Figure[]> {
  const { server } = await stage.start("projo", { environment: defaultBudgets });
  const others = openLoad({ url: server.url, connections: OTHERS });
  const attackers = openLoad({ url: server.url, connections: ATTACKERS });
  try {
    const other = await newcomer(others, "bystander");
    const attacker = await newcomer(attackers, "auditor");
    const place = { id: attacker.workspaceId, userId: attacker.userId };
    await plantLog(stage.database.owner, { place, entries: quick ? 10_000 : 50_000, say });
    const all = { limit: 10_000 };
    const ten = Array.from({ length: 10 }, () => all);
    let sent = 0;
    const verify = () => {
      sent += 1;
      return sent % 2 === 1
        ? attacker.ask("GET", "audit.verify", ...ten)
        : attacker.ask("GET", "audit.verify", all);
    };
    const ms = quick ? 1_000 : 5_000;
    const me = () => ({ ...other.ask("GET", "auth.me"), expect: (status: number) => status === 200 });
    const asked = () => others.burst(me, { ms, concurrency: OTHERS });
    await asked();
    const taken = await inRounds<Reading>(
      [
        { name: "alone", take: async () => ({ others: await asked(), attack: null }) },
        {
          name: "attacked",
          take: async () => {
            const attack = attackers.burst(verify, { ms: ms + 2 * HEAD_START_MS, concurrency: ATTACKERS });
            const [during] = await Promise.all([delay(HEAD_START_MS).then(asked), attack]);
            return { others: during, attack: await attack };
          },
        },
      ],
      { rounds: 3, say },
    );
    const p50 = ({ others: { p50Ms } }: Reading) => p50Ms;
    const p99 = ({ others: { p99Ms } }: Reading) => p99Ms;
    return [
      { name: "auth.me alone, p50", value: taken.median("alone", p50), unit: "ms" },
      { name: "auth.me alone, p99", value: taken.median("alone", p99), unit: "ms" },
      { name: "auth.me during the attack, p50", value: taken.median("attacked", p50), unit: "ms" },
      { name: "auth.me during the attack, p99", value: taken.median("attacked", p99), unit: "ms" },
      {
        name: "p50 during the attack against alone",
        value: taken.ratio("attacked", "alone", p50),
        unit: "x",
        goal: { atMost: 3 },
      },
      {
        name: "p99 during the attack against alone",
        value: taken.ratio("attacked", "alone", p99),
        unit: "x",
      },
      {
        name: "requests of the attack answered",
        value: taken.median("attacked", ({ attack }) => attack?.perSecond ?? 0),
        unit: "1/s",
      },
    ];
  } finally {
    await Promise.all([others.close(), attackers.close()]);
    await server.stop();
  }
}
