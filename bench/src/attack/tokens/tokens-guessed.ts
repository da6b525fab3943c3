// One network guesses tokens of every kind as fast as it can, while a user at the same address works with a genuine token.
// The guesses must be refused with 429, and the user must not be affected.
import { randomBytes } from "node:crypto";
import { openConnection, type Connection } from "../../load/connection.ts";
import { wireText, type HttpRequest } from "../../load/http-request.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { mutationOf, queryOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";

export const tokensGuessed = (testbed: SharedTestbed): Subject => ({
  name: "tokens-guessed",
  title: "token guesses from one network, beside a user with a genuine token",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const GUESSES = 2_000;
/** The user with the genuine token sends one call per this many guesses. */
const GUESSES_PER_CALL = 20;
/** The limit of refused credentials per minute (refused-credentials.ts). */
const LIMIT = 600;

async function measure({ progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { server } = await testbed.start("projo");
  const { hostname, port, host } = new URL(server.url);
  const connection = openConnection({ host: hostname, port: Number(port) });
  const statusOf = statusesOn(connection, host);
  try {
    const [target] = testbed.data.biggest;
    if (!target) throw new RangeError("The data set has no target.");
    const genuine = queryOf(target, "tasks.get", { id: target.taskId });
    const counts = new Map<number, number>();
    let served = 0;
    let sentCalls = 0;
    progress(`guessing ${GUESSES} tokens`);
    const startedAt = performance.now();
    for (let guess = 0; guess < GUESSES; guess += 1) {
      const status = await statusOf(guessOf(guess));
      counts.set(status, (counts.get(status) ?? 0) + 1);
      if (guess % GUESSES_PER_CALL !== 0) continue;
      sentCalls += 1;
      if ((await statusOf(genuine)) === 200) served += 1;
    }
    const minutes = Math.ceil((performance.now() - startedAt) / 60_000);
    return [
      {
        name: `guesses answered with 401, of ${GUESSES}, per started minute`,
        value: (counts.get(401) ?? 0) / minutes,
        unit: "",
        goal: { atMost: LIMIT },
      },
      { name: "guesses answered with 429", value: counts.get(429) ?? 0, unit: "", goal: { atLeast: 1 } },
      {
        name: "share of the user's calls that were served",
        value: served / sentCalls,
        unit: "",
        goal: { atLeast: 1 },
      },
    ];
  } finally {
    connection.close();
    await server.stop();
  }
}

const statusesOn =
  (connection: Connection, host: string) =>
  async (request: HttpRequest): Promise<number> =>
    (await connection.send(wireText(request, host))).status;

const guess = (prefix: string, bytes: number): string => prefix + randomBytes(bytes).toString("base64url");

/** Returns a call with a random access token, refresh token or service key of the correct length. */
function guessOf(turn: number): HttpRequest {
  if (turn % 4 === 0) return mutationOf(null, "auth.refresh", { refreshToken: guess("pjr_", 66) });
  const token = turn % 4 === 1 ? guess("pjk_", 52) : guess("pja_", 72);
  return {
    method: "GET",
    path: "/trpc/auth.me",
    headers: { authorization: `Bearer ${token}` },
  };
}
