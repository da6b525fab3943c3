import { pino, type DestinationStream, type Logger } from "pino";
import pretty from "pino-pretty";

export type Log = Logger;

export interface LogOptions {
  readonly level: string;
  /** For people at a terminal; else a JSON object a line. */
  readonly pretty: boolean;
  /** Where the lines go. Default: stderr. */
  readonly destination?: DestinationStream;
}

/** The server's log, on stderr. Whatever holds a token or a password is named here, and never written. */
export function createLog({ level, pretty: readable, destination }: LogOptions): Log {
  const options = { level, redact: ["req.headers", "*.password", "*.accessToken", "*.authorization"] };
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
    : pino(options, destination ?? pino.destination({ dest: 2, sync: true }));
}
