// A legitimate import of 12,056 tasks. It must finish within a minute, without exceeding the default budgets.
import { openLoad } from "../../load/load-client.ts";
import type { Figure } from "../../runner/figure.ts";
import type { Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { defaultBudgets } from "./cost-budgets.ts";
import { createAccount } from "./new-account.ts";

export const costImport = (testbed: SharedTestbed): Subject => ({
  name: "cost-import",
  title: "a legitimate import of 12,056 tasks under the default budgets",
  measure: async (options) => measure(await testbed.open(options)),
});

const TASKS = 12_056;
const PER_CALL = 100;

async function measure(testbed: Testbed): Promise<Figure[]> {
  const { server } = await testbed.start("projo", { environment: defaultBudgets });
  const load = openLoad({ url: server.url, connections: 1 });
  try {
    const importer = await createAccount(load, "importer");
    let made = 0;
    let refused = 0;
    const expect = (status: number) => {
      refused += status === 200 ? 0 : 1;
      return true;
    };
    const importNext = () => {
      const first = made;
      made = Math.min(TASKS, made + PER_CALL);
      const items = Array.from({ length: made - first }, (_, n) => ({
        projectId: importer.projectId,
        title: `Task ${first + n}`,
        externalId: `row-${first + n}`,
      }));
      return { ...importer.request("POST", "tasks.createMany", { items }), expect };
    };
    const startedAt = performance.now();
    await load.burst(importNext, { count: Math.ceil(TASKS / PER_CALL), concurrency: 1 });
    const seconds = (performance.now() - startedAt) / 1_000;
    return [
      { name: "refused calls", value: refused, unit: "calls", goal: { atMost: 0 } },
      { name: "duration of the import", value: seconds, unit: "s", goal: { atMost: 60 } },
    ];
  } finally {
    await load.close();
    await server.stop();
  }
}
