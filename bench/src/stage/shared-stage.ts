import { once } from "node:events";
import { fullSize, quickSize } from "../dataset/size.ts";
import type { How } from "../runner/run-bench.ts";
import { withStage, type Stage } from "./stage.ts";

/** A stage for all subjects of a run that want one: it is set when the first of them asks, and stands until it is closed. */
export interface SharedStage {
  open(how: How): Promise<Stage>;
  close(): Promise<void>;
}

export function sharedStage(): SharedStage {
  let standing: Standing | null = null;
  return {
    open: ({ quick, say }) => {
      const size = quick ? quickSize : fullSize;
      if (!standing) say(`planting ${size.tasks.toLocaleString("en-US")} tasks`);
      standing ??= set((work) => withStage(size, work));
      return standing.stage;
    },
    close: async () => {
      await standing?.strike();
      standing = null;
    },
  };
}

interface Standing {
  readonly stage: Promise<Stage>;
  strike(): Promise<void>;
}

/** Holds open what lasts as long as the work in it does. */
function set(withOne: (work: (stage: Stage) => Promise<void>) => Promise<void>): Standing {
  const finish = new AbortController();
  const finished = once(finish.signal, "abort");
  let struck = Promise.resolve();
  const stage = new Promise<Stage>((resolve, reject) => {
    struck = withOne(async (one) => {
      resolve(one);
      await finished;
    });
    struck.catch(reject);
  });
  return {
    stage,
    strike: () => {
      finish.abort();
      return struck;
    },
  };
}
