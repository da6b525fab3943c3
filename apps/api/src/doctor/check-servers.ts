// Compares the environment with the living servers of its database, as a starting server does. The doctor does not register.
import { listServers, type ServerPool } from "@projostack/db";
import type { ComparedEnvironment } from "../config/inspect-environment.ts";
import { idOfRedis } from "../limits/counting/open-redis.ts";
import { thisMachine } from "../runtime/machine.ts";
import { conflictsWith, describeConflicts } from "../servers/server-conflicts.ts";
import { checksOf, type Check } from "./check.ts";

export async function checkServers(
  pool: ServerPool,
  {
    setting,
    isPooled,
    environment,
  }: { setting: string; isPooled: boolean; environment: ComparedEnvironment },
): Promise<Check[]> {
  const check = checksOf(setting);
  const living = await listServers(pool, { pooled: isPooled });
  if (living === null) {
    return [
      check(
        "problem",
        "servers",
        "the database lacks the migrations of this build. Run `projostack migrate` (docs/database.md).",
      ),
    ];
  }
  const { keys, limiter, isProduction, redisUrl } = environment;
  const { host } = thisMachine();
  // A Redis that does not answer is a problem of its own check.
  const limiterId = redisUrl === null ? null : await idOfRedis(redisUrl).catch(() => null);
  const conflicts = keys === null ? [] : conflictsWith({ keys, host, limiter, limiterId }, living);
  // This may be the environment of the one living server.
  const isAlone = living.length === 1 && limiter === "none" && living[0]?.limiter === "none";
  const linesAbout = (topic: "keys" | "limits") =>
    describeConflicts(conflicts.filter(({ about }) => about === topic));
  const problems = [
    ...linesAbout("keys").map((line) => check("problem", "servers", line)),
    ...(isAlone ? [] : linesAbout("limits")).map((line) =>
      check(isProduction ? "problem" : "warning", "servers", line),
    ),
  ];
  if (problems.length > 0) return problems;
  const count = living.length === 1 ? "one server runs" : `${living.length} servers run`;
  const next = isAlone ? ". A second one needs REDIS_URL (docs/configuration.md#limits)" : "";
  return [check("ok", "servers", `${count} with this database${next}`)];
}
