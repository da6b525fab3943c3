// Sessions that are refreshed over and over, each with the token that the last refresh gave.
import { z } from "zod";
import type { Burst } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import { keeping, mutationOf } from "../stage/product-calls.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import { signUp } from "../stage/sign-up.ts";
import type { Stage } from "../stage/stage.ts";
import { withProduct } from "../stage/with-product.ts";

export const refresh = (stage: SharedStage): Subject => ({
  name: "refresh",
  title: "sessions refreshed by 32 callers",
  measure: async (how) => measure(how, await stage.open(how)),
});

const CALLERS = 32;

const Refreshed = z.object({ refreshToken: z.string() });

const measure = ({ quick, say }: How, stage: Stage): Promise<Figure[]> =>
  withProduct(stage, { connections: CALLERS, environment: { PROJO_LIMITS: "1000" } }, async (load) => {
    const accounts = await signUp(load, { prefix: "refresh", many: CALLERS });
    const tokens = accounts.map(({ refreshToken }) => refreshToken);
    const ask = () => {
      // Taken by one caller until it has the next one.
      const refreshToken = tokens.shift();
      if (refreshToken === undefined) throw new Error("There are more callers than sessions.");
      const keep = keeping(Refreshed, (next) => tokens.push(next.refreshToken));
      return mutationOf(null, "auth.refresh", { refreshToken }, keep);
    };
    const burst = (ms: number) => load.burst(ask, { ms, concurrency: CALLERS });
    await burst(quick ? 1_000 : 3_000);
    const taken = await inRounds<Burst>([{ name: "refresh", take: () => burst(1_000) }], {
      rounds: quick ? 1 : 5,
      say,
    });
    return [
      {
        name: "sessions refreshed",
        value: taken.median("refresh", ({ perSecond }) => perSecond),
        unit: "1/s",
      },
      { name: "a refresh, p50", value: taken.median("refresh", ({ p50Ms }) => p50Ms), unit: "ms" },
      { name: "a refresh, p99", value: taken.median("refresh", ({ p99Ms }) => p99Ms), unit: "ms" },
    ];
  });
