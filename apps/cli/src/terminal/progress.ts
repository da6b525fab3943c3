import { Presets, SingleBar } from "cli-progress";
import type { Io } from "../io.ts";
import type { Printer } from "./printer.ts";

export interface Progress {
  /** `part` of the work is done, from 0 to 1; `rows` of it are behind us. */
  update: (part: number, rows: number) => void;
  stop: () => void;
}

const ROWS_BETWEEN_LINES = 1000;

/** A bar on a terminal, a line now and then elsewhere. Both on stderr. */
export const showProgress = (io: Io, printer: Printer): Progress =>
  isDrawn(io) ? bar(io, "{bar} {percentage}%  {rows} rows") : lines(printer);

/** A bar on a terminal, and at the end how fast it went; elsewhere nothing. */
export function showRate(io: Io, { say }: Printer): Progress {
  if (!isDrawn(io)) return { update: () => {}, stop: () => {} };
  const drawn = bar(io, "{bar} {percentage}%  {rows} entries");
  const startedAt = performance.now();
  let seen = 0;
  return {
    update: (part, rows) => {
      seen = rows;
      drawn.update(part, rows);
    },
    stop: () => {
      drawn.stop();
      const seconds = Math.max(performance.now() - startedAt, 1) / 1000;
      say(`${seen} entries in ${seconds.toFixed(1)} s, ${Math.round(seen / seconds)} a second.`);
    },
  };
}

const isDrawn = ({ stderr, env }: Io): boolean => stderr.isTTY === true && env["TERM"] !== "dumb";

function bar(io: Io, format: string): Progress {
  const drawn = new SingleBar(
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
  drawn.start(1000, 0, { rows: 0 });
  return {
    update: (part, rows) => drawn.update(Math.floor(part * 1000), { rows }),
    stop: () => drawn.stop(),
  };
}

function lines({ say }: Printer): Progress {
  let next = ROWS_BETWEEN_LINES;
  return {
    update: (part, rows) => {
      if (rows < next) return;
      say(`${rows} rows read, ${Math.floor(part * 100)}% of the file.`);
      next = rows - (rows % ROWS_BETWEEN_LINES) + ROWS_BETWEEN_LINES;
    },
    stop: () => {},
  };
}
