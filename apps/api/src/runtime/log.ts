import { pino, type DestinationStream, type Logger } from "pino";
import pretty from "pino-pretty";

export type Log = Logger;

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  readonly level: string;
  /** Whether to format lines for a terminal; otherwise each line is a JSON object. */
  readonly pretty: boolean;
  /** The destination of the lines; stderr by default. */
  readonly destination?: DestinationStream;
}

/** Creates the server's log. Fields that hold a token or a password are redacted here. */
export function createLog({ level, pretty: readable, destination }: LogOptions): Log {
  const options = {
    level,
    redact: ["req.headers", "*.password", "*.accessToken", "*.authorization"],
    serializers: { err: (error: unknown) => errorFacts(error) },
  };
  return readable
    ? pino(
        options,
        pretty({
          destination: 2,
          sync: true,
          singleLine: true,
          ignore: "pid,hostname",
          translateTime: "SYS:HH:MM:ss",
        }),
      )
    : pino(options, destination ?? toStderr());
}

const plainLogs = new WeakMap<Log, Log>();

/**
 * The same log without the search for fields to redact, which takes longer than the rest of a line. Only for lines whose
 * fields are texts and numbers: a redacted field is inside an object.
 */
export function plainLogOf(log: Log): PlainLog {
  let plain = plainLogs.get(log);
  if (!plain) plainLogs.set(log, (plain = log.child({}, { redact: [] })));
  return plain;
}

export interface PlainLog {
  readonly info: PlainLogMethod;
  readonly debug: PlainLogMethod;
}

type PlainLogMethod = (line: Readonly<Record<string, string | number>>, message: string) => void;

/** The most buffered bytes. Further lines are dropped, so that a stopped reader cannot exhaust the memory. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/**
 * Writes lines to stderr in batches, in order: after 4 KB or 100 ms, and when the process ends. Writing each line
 * separately took longer than formatting it. A failed write, for example on a full disk, does not end the process; the
 * buffered lines are written again with the next line.
 */
function toStderr(): DestinationStream {
  const stderr = pino.destination({
    dest: 2,
    sync: false,
    minLength: 4_096,
    maxLength: MAX_BUFFERED_BYTES,
    periodicFlush: 100,
  });
  stderr.on("error", () => {});
  process.on("exit", () => {
    try {
      stderr.flushSync();
    } catch {
      // No other output is left to report the failure.
    }
  });
  return stderr;
}

interface ErrorFacts {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: unknown;
  readonly cause?: ErrorFacts | string;
}

/**
 * Returns the only properties of an error that are logged. Drivers attach rows to their errors ("Failing row contains
 * ..."), which may hold stored hashes, and the whole connection.
 */
function errorFacts(error: unknown, depth = 0): ErrorFacts | string {
  if (!(error instanceof Error) || depth > 8) return String(error);
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    stack,
    ...("code" in error ? { code: error.code } : {}),
    ...(cause === undefined ? {} : { cause: errorFacts(cause, depth + 1) }),
  };
}
