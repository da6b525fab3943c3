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
  io.stderr.isTTY && io.env["TERM"] !== "dumb" ? bar(io) : lines(printer);

function bar(io: Io): Progress {
  const drawn = new SingleBar(
    {
      stream: io.stderr,
      format: "{bar} {percentage}%  {rows} rows",
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
