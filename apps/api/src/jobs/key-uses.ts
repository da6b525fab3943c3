import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { repeat, type Repeated } from "../runtime/repeat.ts";
import type { ServiceKeys } from "../identity/tokens/service-keys.ts";

export interface KeyUses {
  readonly serviceKeys: ServiceKeys;
  readonly clock: Clock;
  readonly log: Log;
}

const NOTED_EVERY_MS = 30_000;

/** Writes the times at which service keys were used, every 30 seconds and once more when it is stopped. */
export function startKeyUses({ serviceKeys, clock, log }: KeyUses): Repeated {
  const note = async (): Promise<number> => {
    await serviceKeys.noteUses().catch((error: unknown) => {
      log.warn({ err: error }, "the uses of service keys could not be written; trying again in 30 seconds");
    });
    return NOTED_EVERY_MS;
  };
  const repeated = repeat({ clock, log }, note);
  return {
    stop: async () => {
      await repeated.stop();
      await note();
    },
  };
}
