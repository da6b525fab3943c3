import type { SingleBar } from "cli-progress";
import type { Io } from "../io.ts";
import type { Printer } from "./printer.ts";

export interface Progress {
  /** `part` is the completed fraction, from 0 to 1; undefined when it is unknown. `rows` is the number of processed rows. */
  update: (part: number | undefined, rows: number) => void;
  stop: () => void;
}

const ROWS_BETWEEN_LINES = 1000;

/** Shows a bar in a terminal, else prints a line for every 1,000 rows. Both go to stderr. */
export const showProgress = (io: Io, printer: Printer): Progress =>
  isTerminal(io) ? bar(io, "{bar} {percentage}%  {rows} rows") : lines(printer);

/** Shows a bar in a terminal, and the rate at the end. Prints nothing elsewhere. */
export function showRate(io: Io, { message }: Printer): Progress {
  if (!isTerminal(io)) return { update: () => {}, stop: () => {} };
  const shown = bar(io, "{bar} {percentage}%  {rows} entries");
  const startedAt = performance.now();
  let total = 0;
  return {
    update: (part, rows) => {
      total = rows;
      shown.update(part, rows);
    },
    stop: () => {
      shown.stop();
      const seconds = Math.max(performance.now() - startedAt, 1) / 1000;
      message(`${total} entries in ${seconds.toFixed(1)} s, ${Math.round(total / seconds)} per second.`);
    },
  };
}

/** Shows the number of rows in a terminal. Prints nothing elsewhere. */
export function showRows(io: Io): { update: (rows: number) => void; stop: () => void } {
  if (!isTerminal(io)) return { update: () => {}, stop: () => {} };
  const shown = bar(io, "{rows} rows");
  return { update: (rows) => shown.update(0, rows), stop: () => shown.stop() };
}

const isTerminal = ({ stderr, env }: Io): boolean => stderr.isTTY === true && env["TERM"] !== "dumb";

/** The library is loaded with the first bar, so that commands without one start faster. */
function bar(io: Io, format: string): Progress {
  let singleBar: SingleBar | undefined;
  let reached: [value: number, payload: { rows: number }] = [0, { rows: 0 }];
  let isStopped = false;
  const show = async () => {
    const { Presets, SingleBar } = await import("cli-progress");
    if (isStopped) return;
    singleBar = new SingleBar(
      {
        stream: io.stderr,
        format,
        clearOnComplete: true,
        hideCursor: true,
        gracefulExit: false,
        barsize: 30,
      },
      Presets.shades_classic,
    );
    singleBar.start(1000, ...reached);
  };
  void show();
  return {
    update: (part = 0, rows) => {
      reached = [Math.floor(part * 1000), { rows }];
      singleBar?.update(...reached);
    },
    stop: () => {
      isStopped = true;
      singleBar?.stop();
    },
  };
}

function lines({ message }: Printer): Progress {
  let next = ROWS_BETWEEN_LINES;
  return {
    update: (part, rows) => {
      if (rows < next) return;
      message(
        part === undefined
          ? `${rows} rows read.`
          : `${rows} rows read, ${Math.floor(part * 100)}% of the file.`,
      );
      next = rows - (rows % ROWS_BETWEEN_LINES) + ROWS_BETWEEN_LINES;
    },
    stop: () => {},
  };
}
