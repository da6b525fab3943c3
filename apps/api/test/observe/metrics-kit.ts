import { send, type TestServer } from "../kit/index.ts";

/** The token of a test server with metrics. */
export const METRICS_TOKEN = "0123456789abcdef0123456789abcdef0123";

export async function readMetrics({ url }: Pick<TestServer, "url">): Promise<string> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const { status, text } = await send(`${url}/metrics`, { headers });
  if (status !== 200) throw new Error(`/metrics answered ${status}: ${text}`);
  return text;
}

export type Labels = Readonly<Record<string, string>>;

/** The sum of all samples of a metric that have these labels. */
export function valueOf(text: string, name: string, labels: Labels = {}): number {
  return samplesOf(text)
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

export function samplesOf(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name = "", written = "", value = ""] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === "") return [];
    const labels = [...written.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, key, content]) => [key, content] as const,
    );
    return [{ name, labels: Object.fromEntries(labels) as Labels, value: Number(value) }];
  });
}

/** Reads the metrics before and after the work. @returns how much the sum of the samples has grown */
export async function growthOf(
  server: Pick<TestServer, "url">,
  [name, labels]: readonly [name: string, labels?: Labels],
  work: () => Promise<unknown>,
): Promise<number> {
  const before = valueOf(await readMetrics(server), name, labels);
  await work();
  return valueOf(await readMetrics(server), name, labels) - before;
}
