// Reports each outage of the database once, in the log and in the metrics. Two checks find an outage: the connections, when no
// byte arrives on them, and the renewal of the server's row, which also fails when PostgreSQL or a pooler refuses connections.
import type { Log } from "./log.ts";

export type OutageCheck = "connections" | "renewal";

/** Receives the result of a check. An outage ends when no check fails any more. */
export type OutageNotice = (check: OutageCheck, isFailing: boolean) => void;

interface Reported {
  readonly log: Log;
  readonly observer?: { databaseOutage(isUnreachable: boolean): void } | undefined;
}

export function outageNotice({ log, observer }: Reported): OutageNotice {
  const failing = new Set<OutageCheck>();
  return (check, isFailing) => {
    const wasUnreachable = failing.size > 0;
    if (isFailing) failing.add(check);
    else failing.delete(check);
    const isUnreachable = failing.size > 0;
    if (isUnreachable === wasUnreachable) return;
    observer?.databaseOutage(isUnreachable);
    if (isUnreachable) log.error("the database does not answer: calls are refused until it does");
    else log.info("the database answers again");
  };
}
