// Every operation with its largest and most expensive inputs. Measures how long a call blocks the event loop.
import { join } from "node:path";
import { walkAndConfirm, type Walk } from "@projostack/api/largest-inputs";
import { readBlocks, loopWatchImport } from "@projostack/api/loop-watch";
import { seedLog } from "../../audit-verify/seed-log.ts";
import { openLoad } from "../../load/load-client.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { withTemporaryDirectory } from "../../runner/temporary-directory.ts";
import { mutationOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import { signUp } from "../../testbed/sign-up.ts";
import type { Testbed } from "../../testbed/testbed.ts";

export const passwordsLargestInputs = (testbed: SharedTestbed): Subject => ({
  name: "largest-inputs",
  title: "every operation with its largest inputs, one at a time and ten in a batch",
  measure: async (options) => {
    const opened = await testbed.open(options);
    return withTemporaryDirectory((directory) => measure(options, opened, join(directory, "blocks")));
  },
});

const LONGEST_BLOCK_MS = 50;
const ENTRIES = { quick: 300, full: 10_000 };

async function measure({ quick, progress }: RunOptions, testbed: Testbed, file: string): Promise<Figure[]> {
  const environment = {
    PROJO_LIMITS: "1000",
    PROJO_INVITES_NEED_VERIFIED_EMAIL: "false",
    NODE_OPTIONS: `--import=${loopWatchImport(file)}`,
  };
  const { server } = await testbed.start("projo", { environment });
  try {
    await warmUp(server.url);
    const walk: Walk = {
      url: server.url,
      every: quick ? 12 : 1,
      // The log is needed once in a walk, because the audit operations come first.
      prepare: async ({ workspaceId: id, userId, isFirst }) => {
        if (!isFirst) return;
        await seedLog(testbed.database.owner, {
          workspace: { id, userId },
          entries: quick ? ENTRIES.quick : ENTRIES.full,
          progress: () => {},
        });
      },
    };
    const confirm = { limitMs: LONGEST_BLOCK_MS, blocks: () => readBlocks(file) };
    const { sent, blocks } = await walkAndConfirm(walk, confirm);
    for (const { cpuMs, wallMs, during } of blocks.slice(0, 5)) {
      progress(`${cpuMs} ms of CPU (${wallMs} ms of wall time): ${during.slice(-3).join("; ")}`);
    }
    const failed = sent.filter(({ status }) => status >= 500);
    for (const { operation, description, status, failure } of failed.slice(0, 5)) {
      progress(`${operation}, ${description}: ${status} ${failure}`);
    }
    return [
      { name: "requests", value: sent.length, unit: "" },
      { name: "5xx responses", value: failed.length, unit: "", goal: { atMost: 0 } },
      {
        name: "longest block of the event loop",
        value: blocks[0]?.cpuMs ?? 0,
        unit: "ms",
        goal: { atMost: LONGEST_BLOCK_MS },
      },
      {
        name: "longest block in wall time",
        value: Math.max(0, ...blocks.map(({ wallMs }) => wallMs)),
        unit: "ms",
      },
    ];
  } finally {
    await server.stop();
  }
}

/** Makes Prisma load its query compiler, which happens once per process, with the first call that needs it. */
async function warmUp(url: string): Promise<void> {
  const load = openLoad({ url, connections: 1 });
  try {
    for (const { email, password } of await signUp(load, { prefix: "warm", many: 1 })) {
      const signIn = () => mutationOf(null, "auth.signIn", { email, password });
      await load.burst(signIn, { count: 1, concurrency: 1 });
    }
  } finally {
    await load.close();
  }
}
