// Finds living servers beside which this one must not run: their keys differ, or they do not count limits together. During
// the documented rotation of a key every server knows the signing key of every other one, so none of its steps is a conflict.
import type { LivingServer, ServerEntry } from "@projostack/db";
import type { KeyRing } from "../identity/key-ring.ts";
import { keyDifferences } from "./key-checks.ts";

export type Limiter = ServerEntry["limiter"];

export interface ComparedServer {
  readonly keys: KeyRing;
  readonly host: string;
  readonly limiter: Limiter;
  /** The id of the Redis; null without Redis, and while it does not answer. */
  readonly limiterId: string | null;
}

export interface Conflict {
  /** `keys` prevents the start everywhere, `limits` in production. */
  readonly about: "keys" | "limits";
  /** The problem, with `{server}` for the other server. */
  readonly problem: string;
  readonly server: LivingServer;
}

export const conflictsWith = (mine: ComparedServer, others: readonly LivingServer[]): Conflict[] =>
  others.flatMap((server) => [
    ...keyProblems(mine.keys, server).map((problem) => ({ about: "keys" as const, problem, server })),
    ...limiterProblems(mine, server).map((problem) => ({ about: "limits" as const, problem, server })),
  ]);

/** A line for each problem, which names all servers that have it. */
export function describeConflicts(conflicts: readonly Conflict[]): string[] {
  return [...new Set(conflicts.map(({ problem }) => problem))].map((problem) => {
    const servers = conflicts
      .filter((conflict) => conflict.problem === problem)
      .map(({ server }) => nameOf(server));
    return problem.replace("{server}", servers.join(" and "));
  });
}

const nameOf = ({ host, processId, startedAt }: LivingServer): string =>
  `the server on ${host} (process ${processId}, started ${startedAt.toISOString()})`;

const ROTATION = "docs/operating/rotate-keys.md";

function keyProblems(keys: KeyRing, server: LivingServer): string[] {
  const { otherKeys, missingHere, missingThere } = keyDifferences(keys, server);
  return [
    ...otherKeys.map(
      (kid) =>
        `PROJO_TOKEN_KEYS has another key with the kid ${kid} than {server}: each would refuse the tokens of the other. Set the same keys in all servers, and give a new key a new kid (${ROTATION}).`,
    ),
    ...(missingHere === null
      ? []
      : [
          `PROJO_TOKEN_KEYS lacks the key with the kid ${missingHere}, with which {server} signs: this server would refuse its tokens. Add that key (${ROTATION}).`,
        ]),
    ...(missingThere === null
      ? []
      : [
          `PROJO_TOKEN_KEYS begins with the kid ${missingThere}, which is unknown to {server}: it would refuse the tokens of this server. Append the key in all servers first, then move it to the front (${ROTATION}).`,
        ]),
  ];
}

function limiterProblems(mine: ComparedServer, server: LivingServer): string[] {
  const fix = "Set REDIS_URL to the same Redis in all servers (docs/configuration.md#limits).";
  if (mine.limiter === "none" || server.limiter === "none") {
    return mine.limiter === "none"
      ? [`REDIS_URL is not set, and {server} uses this database too: each would grant all limits. ${fix}`]
      : [`REDIS_URL is set here, but not in {server}, so the limits would not be shared. ${fix}`];
  }
  if (mine.limiterId !== null && server.limiterId !== null) {
    return mine.limiterId === server.limiterId
      ? []
      : [`REDIS_URL names another Redis than that of {server}, so the limits would not be shared. ${fix}`];
  }
  return mine.limiter === "machine" && server.limiter === "machine" && mine.host !== server.host
    ? [
        `REDIS_URL names a Redis on this machine, and {server} uses one on its own machine, so the limits would not be shared. ${fix}`,
      ]
    : [];
}
