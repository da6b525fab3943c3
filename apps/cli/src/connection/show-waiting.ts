// Shows on a terminal that a command waits for the server, and for how long it waits when the server limits its requests.
import type { FetchedResponse } from "@projostack/sdk";
import type { Io } from "../io.ts";
import { isUtf8 } from "../terminal/status-line.ts";

export interface Waiting {
  /** A request starts. */
  start: () => void;
  /** A request has ended. */
  stop: () => void;
  /** The head of a response has arrived. It may ask for a pause. */
  refused: (response: Pick<FetchedResponse, "status" | "headers">) => void;
}

/** Shorter waits need no message. */
const SHOWN_AFTER_MS = 500;
/** Beside a bar, which shows that the command works, only longer waits are shown. */
const SHOWN_BESIDE_BAR_AFTER_MS = 3_000;
const SECONDS_SHOWN_AFTER_MS = 2_000;
const MS_BETWEEN_FRAMES = 100;
/** Requests that follow each other count as one wait. */
const MAX_GAP_MS = 200;

/**
 * Returns undefined without a terminal for both the data and the messages: a pager that reads the data, as in `| less`, uses the
 * same terminal.
 */
export function showWaiting(io: Io): Waiting | undefined {
  const { statusLine, stdout, env } = io;
  if (!statusLine) return undefined;
  const frames = Array.from(isUtf8(env) ? "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" : "|/-\\");
  let open = 0;
  let since = 0;
  let endedAt = Number.NEGATIVE_INFINITY;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  let pauseSeconds: number | undefined;
  const show = (text: string | undefined) => statusLine.show("waiting", text);
  const every = (tick: () => void) => {
    clearInterval(timer);
    // The line alone does not keep the program running.
    timer = setInterval(tick, MS_BETWEEN_FRAMES).unref();
  };
  const isQuiet = () => !stdout.isTTY && !statusLine.isShown("progress");
  const end = () => {
    clearInterval(timer);
    show(undefined);
  };

  const tick = () => {
    const ms = performance.now() - since;
    const after = statusLine.isShown("progress") ? SHOWN_BESIDE_BAR_AFTER_MS : SHOWN_AFTER_MS;
    if (ms < after || isQuiet()) return;
    const seconds = ms < SECONDS_SHOWN_AFTER_MS ? "" : ` (${Math.floor(ms / 1000)} s)`;
    show(`${frames[(frame += 1) % frames.length]} Waiting for the server${seconds}`);
  };

  /** Shown if the command does wait: after other refusals it ends. */
  const countDown = (seconds: number) => {
    const startedAt = performance.now();
    every(() => {
      const ms = performance.now() - startedAt;
      const rest = Math.ceil(seconds - ms / 1000);
      if (rest <= 0) end();
      else if (ms >= SHOWN_AFTER_MS && !isQuiet())
        show(`The server limits the requests. Continuing in ${rest} s`);
    });
  };

  return {
    start() {
      open += 1;
      if (open > 1) return;
      const now = performance.now();
      if (now - endedAt > MAX_GAP_MS || statusLine.isShown("progress")) since = now;
      every(tick);
    },
    stop() {
      open -= 1;
      if (open > 0) return;
      endedAt = performance.now();
      end();
      if (pauseSeconds !== undefined) countDown(pauseSeconds);
    },
    refused({ status, headers }) {
      pauseSeconds = status === 429 ? secondsIn(headers.get("retry-after")) : undefined;
    },
  };
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). */
function secondsIn(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - Date.now()) / 1000;
  return seconds > 0 ? seconds : undefined;
}
