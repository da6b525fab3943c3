import { diskFull, pgbouncerRestarted, postgresKilled, promotion } from "./database.ts";
import type { Fault } from "./fault.ts";
import { cutAfterCommit, cutBeforeCommit, slow, swallowed } from "./network.ts";
import { redisKilled, redisStopped } from "./redis.ts";
import { clockADayOff, rollingRestart, rollingUpgrade, serverKilled, serverTerminated } from "./servers.ts";

/** All faults in their order. The promotion is last, so that the promoted standby must have the writes of every row. */
export const faultsOf = ({ previous }: { readonly previous: string | undefined }): readonly Fault[] => [
  serverKilled,
  serverTerminated,
  rollingRestart,
  rollingUpgrade(previous),
  clockADayOff,
  redisKilled,
  redisStopped,
  pgbouncerRestarted,
  cutBeforeCommit,
  cutAfterCommit,
  swallowed,
  slow,
  postgresKilled,
  diskFull,
  promotion,
];

/** The faults of the short form, which a test runs. */
export const quickNames: readonly string[] = [
  serverKilled,
  serverTerminated,
  redisKilled,
  cutBeforeCommit,
  cutAfterCommit,
  postgresKilled,
  promotion,
].map(({ name }) => name);
