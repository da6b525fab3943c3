// Every operation with its largest and most awkward inputs: how long the worst of them keeps all others waiting.
import { join } from "node:path";
import { requestsDuringBlocks, walkLargestInputs } from "@projostack/api/largest-inputs";
import { readBlocks, loopWatchImport } from "@projostack/api/loop-watch";
import { plantLog } from "../audit-verify/plant-log.ts";
import { openLoad } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import { withTemporaryDirectory } from "../runner/temporary-directory.ts";
import { mutationOf } from "../stage/product-calls.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import { signUp } from "../stage/sign-up.ts";
import type { Stage } from "../stage/stage.ts";

export const passwordsLargestInputs = (stage: SharedStage): Subject => ({
  name: "largest-inputs",
  title: "every operation with its largest inputs, one at a time and ten in a batch",
  measure: async (how) => {
    const opened = await stage.open(how);
    return withTemporaryDirectory((directory) => measure(how, opened, join(directory, "blocks")));
  },
});

const ENTRIES = { quick: 300, full: 10_000 };

async function measure({ quick, say }: How, stage: Stage, file: string): Promise<Figure[]> {
  const environment = {
    PROJO_LIMITS: "1000",
    PROJO_INVITES_NEED_VERIFIED_EMAIL: "false",
    NODE_OPTIONS: `--import=${loopWatchImport(file)}`,
  };
  const { server } = await stage.start("projo", { environment });
  try {
    await warmUp(server.url);
    let isPlanted = false;
    const sent = await walkLargestInputs({
      url: server.url,
      every: quick ? 12 : 1,
      // Once: the audit's operations come first.
      prepare: async ({ workspaceId: id, userId }) => {
        if (isPlanted) return;
        isPlanted = true;
        await plantLog(stage.database.owner, {
          place: { id, userId },
          entries: quick ? ENTRIES.quick : ENTRIES.full,
          say: () => {},
        });
      },
    });
    const blocks = requestsDuringBlocks(readBlocks(file), sent);
    for (const { cpuMs, wallMs, during } of blocks.slice(0, 5)) {
      say(`${cpuMs} ms (${wallMs} by the clock): ${during.slice(-3).join("; ")}`);
    }
    const failed = sent.filter(({ status }) => status >= 500);
    return [
      { name: "requests", value: sent.length, unit: "" },
      { name: "answers of status 500 or more", value: failed.length, unit: "", goal: { atMost: 0 } },
      {
        name: "longest block of the event loop",
        value: blocks[0]?.cpuMs ?? 0,
        unit: "ms",
        goal: { atMost: 50 },
      },
      {
        name: "the same by the clock",
        value: Math.max(0, ...blocks.map(({ wallMs }) => wallMs)),
        unit: "ms",
      },
    ];
  } finally {
    await server.stop();
  }
}

/** Prisma loads its query compiler with the first call that needs it, once in the life of a process. */
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
