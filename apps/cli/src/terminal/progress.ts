// The progress of a command: a bar or a number in a terminal, else lines or nothing. It goes to stderr.
import { columnsOf, type Io } from "../io.ts";
import type { Printer } from "./printer.ts";
import { isUtf8 } from "./status-line.ts";

export interface Progress {
  /** `part` is the completed fraction, from 0 to 1; undefined when it is unknown. `rows` is the number of processed rows. */
  update: (part: number | undefined, rows: number) => void;
  stop: () => void;
}

const ROWS_BETWEEN_LINES = 1000;
const MS_BETWEEN_UPDATES = 100;
const MAX_BAR_WIDTH = 30;
/** The columns that the percentage and the number of rows need. */
const BESIDE_BAR = 25;

/** Shows a bar in a terminal, else prints a line for every 1,000 rows. */
export const showProgress = (io: Io, printer: Printer): Progress =>
  inStatusLine(io, (part, rows) => `${bar(io, part)}${several(rows, "row")}`) ?? lines(printer);

/** Shows a bar in a terminal, and the rate at the end. Prints nothing elsewhere. */
export function showRate(io: Io, { message }: Printer): Progress {
  const shown = inStatusLine(io, (part, rows) => `${bar(io, part)}${several(rows, "entry", "entries")}`);
  if (!shown) return { update: () => {}, stop: () => {} };
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
      message(
        `${several(total, "entry", "entries")} in ${seconds.toFixed(1)} s, ${Math.round(total / seconds)} per second.`,
      );
    },
  };
}

/** Shows the number of rows in a terminal. Prints nothing elsewhere. */
export function showRows(io: Io): { update: (rows: number) => void; stop: () => void } {
  const shown = inStatusLine(io, (_part, rows) => several(rows, "row"));
  return { update: (rows) => shown?.update(undefined, rows), stop: () => shown?.stop() };
}

/** Without separators of thousands, as in other lines of progress. */
const several = (many: number, one: string, plural = `${one}s`): string =>
  `${many} ${many === 1 ? one : plural}`;

type Describe = (part: number | undefined, rows: number) => string;

function inStatusLine({ statusLine }: Io, describe: Describe): Progress | undefined {
  if (!statusLine) return undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  let pending: NodeJS.Timeout | undefined;
  let isStopped = false;
  let text = "";
  const show = () => {
    clearTimeout(pending);
    pending = undefined;
    shownAt = performance.now();
    statusLine.show("progress", text);
  };
  return {
    update(part, rows) {
      if (isStopped) return;
      text = describe(part, rows);
      const restMs = shownAt + MS_BETWEEN_UPDATES - performance.now();
      if (restMs <= 0) show();
      else pending ??= setTimeout(show, restMs);
    },
    stop() {
      isStopped = true;
      clearTimeout(pending);
      statusLine.show("progress", undefined);
    },
  };
}

/** Without a known end, only the number of rows is shown. */
function bar({ env, stderr }: Io, part: number | undefined): string {
  if (part === undefined) return "";
  const width = Math.max(0, Math.min(MAX_BAR_WIDTH, columnsOf(stderr) - BESIDE_BAR));
  const full = Math.floor(part * width);
  const [done, rest] = isUtf8(env) ? ["█", "░"] : ["#", "-"];
  const drawn = width === 0 ? "" : `${done.repeat(full)}${rest.repeat(width - full)} `;
  return `${drawn}${Math.floor(part * 100)}%  `;
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
