/** The measurements of one interval of the soak. Lists have a value for each server. */
export interface Interval {
  readonly minute: number;
  readonly requestsPerSecond: number;
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rssMb: readonly number[];
  readonly handles: readonly number[];
}

const cells = (values: readonly string[]): string => `| ${values.join(" | ")} |`;

const headings = [
  "minute",
  "requests/s",
  "failed",
  "p50 ms",
  "p99 ms",
  "RSS MB of each server",
  "handles of each server",
];

export const headingLine: string = `${cells(headings)}\n${cells(headings.map((heading) => "-".repeat(heading.length)))}`;

export const intervalLine = (one: Interval): string =>
  cells([
    one.minute.toFixed(1),
    one.requestsPerSecond.toFixed(0),
    String(one.failures),
    one.p50Ms.toFixed(1),
    one.p99Ms.toFixed(1),
    one.rssMb.map((mb) => mb.toFixed(0)).join(", "),
    one.handles.join(", "),
  ]);
