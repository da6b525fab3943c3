// The cost of metrics and traces: `get a task` with them, relative to the same build without them.
import type { Contender } from "../contenders/contender.ts";
import { openLoad } from "../load/load-client.ts";
import { compareContenders, type LoadedContender } from "../read/compare-contenders.ts";
import { cpuOf, ratesOf, wordsFor } from "../read/figures.ts";
import { requestsFor } from "../read/requests-for.ts";
import type { Figure } from "../runner/figure.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import type { Testbed } from "../testbed/testbed.ts";

const OFF = "projo";
const METRICS = "projo, with metrics";
const TRACES = "projo, with metrics and traces of 1 %";

/** Nothing listens there: the cost of a span does not depend on what becomes of it. */
const COLLECTOR = "http://127.0.0.1:9";

/** With metrics, the rate may fall by 3 %, and the processor time of a call may rise by as much. */
const LEAST_RATE = 0.97;

export const observability = (shared: SharedTestbed): Subject => ({
  name: "observability",
  title: "reads of a server with metrics and traces, relative to the same server without them",
  measure: async (options) => measure(options, await shared.open(options)),
});

async function measure({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const bursts = quick
    ? { rounds: 3, warmUpMs: 500, burstMs: 500, concurrency: CALLERS }
    : { rounds: 31, warmUpMs: 300, burstMs: 1_000, concurrency: CALLERS };
  const product = testbed.contenders.projo;
  const metrics = { PROJO_METRICS_PORT: "0" };
  const traces = {
    OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR,
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.01",
  };
  const contenders: LoadedContender[] = [];
  try {
    contenders.push(await load(testbed, product));
    contenders.push(await load(testbed, withMore(product, METRICS, metrics)));
    contenders.push(await load(testbed, withMore(product, TRACES, { ...metrics, ...traces })));
    progress(wordsFor.getTask);
    const outcome = await compareContenders(contenders, requestsFor("getTask", testbed.data.targets), bursts);
    const rate = (name: string): Figure => ({
      group: `${wordsFor.getTask}: rate, relative to ${OFF}`,
      name,
      value: outcome.ratio(name, OFF),
      unit: "x",
      ...(name === METRICS && { goal: { atLeast: LEAST_RATE } }),
    });
    return [rate(METRICS), rate(TRACES), ...ratesOf("getTask", outcome), ...cpuOf("getTask", outcome)];
  } finally {
    await Promise.all(contenders.map((one) => one.load.close().then(() => one.server.stop())));
  }
}

const CALLERS = 32;

async function load(testbed: Testbed, contender: Contender): Promise<LoadedContender> {
  const running = await testbed.start(contender);
  return { ...running, load: openLoad({ url: running.server.url, connections: CALLERS }) };
}

const withMore = (product: Contender, name: string, more: Readonly<Record<string, string>>): Contender => ({
  ...product,
  name,
  environment: (databaseUrl) => {
    const environment = product.environment(databaseUrl);
    const own = `${environment["PROJO_DATA_DIR"]}-${name.replaceAll(/\W+/g, "-")}`;
    return { ...environment, ...more, PROJO_DATA_DIR: own };
  },
});
