// Reads the rates from a report that `pnpm bench --json` wrote.
import { z } from "zod";

export interface Bars {
  /** The measured request, such as `get a task`. */
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly name: string;
  readonly perSecond: number;
}

export interface RatesReport {
  /** The machine and the date of the measurement, as text. */
  readonly measured: string;
  readonly groups: readonly Bars[];
}

const Report = z.object({
  at: z.iso.datetime(),
  quick: z.boolean(),
  machine: z.object({ cpus: z.int(), model: z.string(), node: z.string() }),
  results: z.array(
    z.object({
      subject: z.string(),
      figures: z.array(
        // JSON has no NaN: a value that could not be measured is null.
        z.object({
          group: z.string().optional(),
          name: z.string(),
          value: z.number().nullable(),
          unit: z.string(),
        }),
      ),
    }),
  ),
});

/** The names of the groups that the chart shows: `<request>: rate, 32 callers`. */
const DRAWN = /^(?<title>.+): rate, 32 callers$/;

/** @throws Error when the text is not a report of the bench, or contains no rates */
export function ratesIn(json: string): RatesReport {
  const { at, quick, machine, results } = Report.parse(JSON.parse(json));
  const groups = new Map<string, Bar[]>();
  for (const { group = "", name, value } of results.flatMap(({ figures }) => figures)) {
    const title = DRAWN.exec(group)?.groups?.["title"];
    if (title === undefined || value === null) continue;
    groups.set(title, [...(groups.get(title) ?? []), { name, perSecond: value }]);
  }
  if (groups.size === 0) throw new Error("The report contains no rates: run `pnpm bench read --json FILE`.");
  const cores = machine.cpus === 1 ? "one core" : `${machine.cpus} cores`;
  return {
    measured: `${quick ? "A quick run, " : ""}${cores} shared by all (${machine.model}), Node ${machine.node.slice(1)}, ${at.slice(0, 10)}`,
    groups: [...groups].map(([title, bars]) => ({ title, bars })),
  };
}
