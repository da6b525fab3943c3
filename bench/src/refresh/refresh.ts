// Refreshes sessions repeatedly, each with the token of its previous refresh.
import { z } from "zod";
import type { Burst } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { expectOutput, mutationOf } from "../testbed/product-calls.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import { signUp } from "../testbed/sign-up.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { withProduct } from "../testbed/with-product.ts";

export const refresh = (testbed: SharedTestbed): Subject => ({
  name: "refresh",
  title: "sessions refreshed by 32 callers",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const CALLERS = 32;

const Refreshed = z.object({ refreshToken: z.string() });

const measure = ({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> =>
  withProduct(testbed, { connections: CALLERS, environment: { PROJO_LIMITS: "1000" } }, async (load) => {
    const accounts = await signUp(load, { prefix: "refresh", many: CALLERS });
    const tokens = accounts.map(({ refreshToken }) => refreshToken);
    const nextRequest = () => {
      // A caller removes a token from the list until it has received the next one.
      const refreshToken = tokens.shift();
      if (refreshToken === undefined) throw new Error("There are more callers than sessions.");
      const keep = expectOutput(Refreshed, (next) => tokens.push(next.refreshToken));
      return mutationOf(null, "auth.refresh", { refreshToken }, keep);
    };
    const burst = (ms: number) => load.burst(nextRequest, { ms, concurrency: CALLERS });
    await burst(quick ? 1_000 : 3_000);
    const readings = await inRounds<Burst>([{ name: "refresh", take: () => burst(1_000) }], {
      rounds: quick ? 1 : 5,
      progress,
    });
    return [
      {
        name: "refreshed sessions",
        value: readings.median("refresh", ({ perSecond }) => perSecond),
        unit: "1/s",
      },
      { name: "refresh, p50", value: readings.median("refresh", ({ p50Ms }) => p50Ms), unit: "ms" },
      { name: "refresh, p99", value: readings.median("refresh", ({ p99Ms }) => p99Ms), unit: "ms" },
    ];
  });
