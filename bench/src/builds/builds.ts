// Compares this build of the server with the build of another checkout, and a create with an idempotency key with one
// without. Both servers use one database with the schema of this build.
import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Contender } from "../contenders/contender.ts";
import { productProgram } from "../contenders/product-program.ts";
import { openLoad } from "../load/load-client.ts";
import { compareContenders, type BurstOptions, type LoadedContender } from "../read/compare-contenders.ts";
import { ratesOf, wordsFor } from "../read/figures.ts";
import { requestsFor, type Operation } from "../read/requests-for.ts";
import type { Figure } from "../runner/figure.ts";
import type { Subject } from "../runner/run-bench.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import type { Testbed } from "../testbed/testbed.ts";

const CALLERS = 32;

const THIS = "projo";
const OTHER = "other build";
const KEYED = "projo, with an idempotency key";

const operations: readonly Operation[] = ["getTask", "listTasks", "getProject", "createTask"];

export const builds = (shared: SharedTestbed): Subject => ({
  name: "builds",
  title: "rates of this build relative to the build of another checkout",
  comparesBuilds: true,
  measure: async (options) => {
    const testbed = await shared.open(options);
    const bursts = options.quick
      ? { rounds: 3, warmUpMs: 500, burstMs: 500, concurrency: CALLERS }
      : { rounds: 21, warmUpMs: 300, burstMs: 1_000, concurrency: CALLERS };
    return await withBuilds(testbed, options.against ?? ".", async (contenders) => {
      const figures: Figure[] = [];
      for (const operation of operations) {
        options.progress(wordsFor[operation]);
        figures.push(...(await compare(operation, contenders, { testbed, bursts })));
      }
      return figures;
    });
  },
});

async function compare(
  operation: Operation,
  { current, other, keyed }: Builds,
  { testbed, bursts }: { readonly testbed: Testbed; readonly bursts: BurstOptions },
): Promise<Figure[]> {
  const compared = operation === "createTask" ? [current, other, keyed] : [current, other];
  const outcome = await compareContenders(compared, requestsFor(operation, testbed.data.targets), bursts);
  const ratio = (name: string, against: string): Figure => ({
    group: `${wordsFor[operation]}: rate, relative to ${against}`,
    name,
    value: outcome.ratio(name, against),
    unit: "x",
    ...(against === OTHER && { goal: { atLeast: 0.97 } }),
  });
  return [
    ratio(THIS, OTHER),
    ...(compared.includes(keyed) ? [ratio(KEYED, THIS)] : []),
    ...ratesOf(operation, outcome),
  ];
}

interface Builds {
  readonly current: LoadedContender;
  readonly other: LoadedContender;
  /** The server of this build, with requests that have an idempotency key. */
  readonly keyed: LoadedContender;
}

async function withBuilds<T>(
  testbed: Testbed,
  checkout: string,
  work: (builds: Builds) => Promise<T>,
): Promise<T> {
  const product = testbed.contenders.projo;
  const current = await load(testbed, product);
  const other = await load(testbed, otherBuild(product, checkout));
  const keyed = { ...current, contender: withKeys(product) };
  try {
    return await work({ current, other, keyed });
  } finally {
    await Promise.all([current, other].map((one) => one.load.close().then(() => one.server.stop())));
  }
}

async function load(testbed: Testbed, contender: Contender): Promise<LoadedContender> {
  const running = await testbed.start(contender);
  return { ...running, load: openLoad({ url: running.server.url, connections: CALLERS }) };
}

const otherBuild = (product: Contender, checkout: string): Contender => ({
  ...product,
  name: OTHER,
  title: "the server of another checkout",
  program: productProgram(pathToFileURL(join(resolve(checkout), "/"))),
  environment: (databaseUrl) => {
    const environment = product.environment(databaseUrl);
    return { ...environment, PROJO_DATA_DIR: `${environment["PROJO_DATA_DIR"]}-other` };
  },
});

const withKeys = (product: Contender): Contender => ({
  ...product,
  name: KEYED,
  requests: {
    ...product.requests,
    createTask: (target, title) => {
      const request = product.requests.createTask(target, title);
      return { ...request, headers: { ...request.headers, "idempotency-key": randomUUID() } };
    },
  },
});
