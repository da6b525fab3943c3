import { once } from "node:events";
import { fullSize, quickSize } from "../dataset/size.ts";
import type { RunOptions } from "../runner/run-bench.ts";
import { withTestbed, type Testbed } from "./testbed.ts";

/** A testbed that all subjects of a run share. The first `open` creates it, and `close` removes it. */
export interface SharedTestbed {
  open(options: RunOptions): Promise<Testbed>;
  close(): Promise<void>;
}

export function sharedTestbed(): SharedTestbed {
  let current: OpenTestbed | null = null;
  return {
    open: ({ quick, progress }) => {
      const size = quick ? quickSize : fullSize;
      if (!current) progress(`seeding ${size.tasks.toLocaleString("en-US")} tasks`);
      current ??= keepOpen((work) => withTestbed(size, work));
      return current.testbed;
    },
    close: async () => {
      await current?.close();
      current = null;
    },
  };
}

interface OpenTestbed {
  readonly testbed: Promise<Testbed>;
  close(): Promise<void>;
}

/** Converts a function that provides a testbed during its callback into an object that can be closed. */
function keepOpen(withOne: (work: (testbed: Testbed) => Promise<void>) => Promise<void>): OpenTestbed {
  const finish = new AbortController();
  const finished = once(finish.signal, "abort");
  let closed = Promise.resolve();
  const testbed = new Promise<Testbed>((resolve, reject) => {
    closed = withOne(async (one) => {
      resolve(one);
      await finished;
    });
    closed.catch(reject);
  });
  return {
    testbed,
    close: () => {
      finish.abort();
      return closed;
    },
  };
}
