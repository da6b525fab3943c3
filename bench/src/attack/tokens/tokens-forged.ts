// An attacker knows the ids of a session and its workspace, but has no genuine token. Each request has a token of that session
// with a wrong authentication code. Neither the time of a refusal nor the database traffic may depend on the data of the
// workspace. As a control, the same requests are sent with the genuine token: then the method must find a difference.
import { randomUUID } from "node:crypto";
import { commonWord } from "../../dataset/titles.ts";
import type { Target } from "../../dataset/data-set.ts";
import { openConnection } from "../../load/connection.ts";
import { wireText, type HttpRequest } from "../../load/http-request.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { mutationOf, queryOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { openDatabaseTap } from "./database-tap.ts";
import { signTest } from "./sign-test.ts";
import { timePairs } from "./time-pairs.ts";

export const tokensForged = (testbed: SharedTestbed): Subject => ({
  name: "tokens-forged",
  title: "tokens with a wrong code: timing of the refusals, and messages to the database",
  measure: async (options) => measure(options, await testbed.open(options)),
});

/** Raises the limits, so that each timed response is a 401 and not a 429. */
const ENVIRONMENT = { PROJO_LIMITS: "1000" };
const WARM_UP = 20;
const SUSPICIOUS = 0.01;

async function measure(options: RunOptions, testbed: Testbed): Promise<Figure[]> {
  return [...(await timings(options, testbed)), ...(await statements(options, testbed))];
}

async function timings({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const many = quick ? 200 : 400;
  const ofControl = quick ? 60 : 200;
  const { server } = await testbed.start("projo", { environment: ENVIRONMENT });
  const { hostname, port, host } = new URL(server.url);
  const connection = openConnection({ host: hostname, port: Number(port) });
  const measured = async (pair: readonly [HttpRequest, HttpRequest], pairs = many) => {
    await timePairs(pair, { many: WARM_UP, connection, host });
    return signTest(await timePairs(pair, { many: pairs, connection, host }));
  };
  // One series in a hundred is this unbalanced by chance, so a suspicious series is measured a second time.
  const measuredAgain = async (pair: readonly [HttpRequest, HttpRequest]) => {
    const p = await measured(pair);
    return p > SUSPICIOUS ? p : Math.max(p, await measured(pair));
  };
  try {
    const target = firstOf(testbed.data.biggest);
    const [search, get] = pairsOf(target);
    const [forgedSearch, forgedGet] = pairsOf(withWrongCode(target));
    progress("timing the control");
    const control = await measured(search, ofControl);
    const controlGet = await measured(get, ofControl);
    progress(`timing ${many} pairs of requests with forged tokens for each case`);
    return [
      {
        name: "genuine token, search with and without results: p",
        value: control,
        unit: "",
        goal: { atMost: SUSPICIOUS },
      },
      { name: "genuine token, existing and missing id: p", value: controlGet, unit: "" },
      {
        name: "forged token, search with and without results: p",
        value: await measuredAgain(forgedSearch),
        unit: "",
        goal: { atLeast: SUSPICIOUS },
      },
      {
        name: "forged token, existing and missing id: p",
        value: await measuredAgain(forgedGet),
        unit: "",
        goal: { atLeast: SUSPICIOUS },
      },
    ];
  } finally {
    connection.close();
    await server.stop();
  }
}

async function statements({ quick }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const rounds = quick ? 20 : 200;
  const { host: databaseHost, port: databasePort } = testbed.database.target;
  const tap = await openDatabaseTap({ host: databaseHost, port: databasePort });
  const { server } = await testbed.start("projo", { environment: ENVIRONMENT, databaseAddress: tap });
  const { hostname, port, host } = new URL(server.url);
  const connection = openConnection({ host: hostname, port: Number(port) });
  const send = async (requests: readonly HttpRequest[]) => {
    let refused = 0;
    for (const request of requests) {
      const { status } = await connection.send(wireText(request, host));
      if (status === 401) refused += 1;
    }
    return refused;
  };
  try {
    const target = firstOf(testbed.data.biggest);
    const requests = forgedRequests(target);
    const marks = [sessionIdOf(target.tokens.product), target.taskId, commonWord];
    const genuine = tap.watch(marks);
    await send(pairsOf(target).flat());
    const control = genuine();
    const forged = tap.watch(marks);
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) refused += await send(requests);
    return [
      {
        name: "messages to the database for 4 reads with the genuine token",
        value: control,
        unit: "",
        goal: { atLeast: 4 },
      },
      {
        name: `messages to the database for ${rounds * requests.length} calls with forged tokens`,
        value: forged(),
        unit: "",
        goal: { atMost: 0 },
      },
      {
        name: "share of the forged calls with status 401",
        value: refused / (rounds * requests.length),
        unit: "",
        goal: { atLeast: 1 },
      },
    ];
  } finally {
    connection.close();
    await server.stop();
    await tap.close();
  }
}

type Pair = readonly [HttpRequest, HttpRequest];

/** Returns two pairs of reads: a word and an id that exist in the workspace, each with one that does not. */
function pairsOf(target: Target): readonly [search: Pair, get: Pair] {
  // Many titles contain the first word and none contains the second: this is the largest difference in database work.
  const search = (words: string) => queryOf(target, "tasks.list", { search: words, limit: 100 });
  const get = (id: string) => queryOf(target, "tasks.get", { id });
  const absent = target.taskId.slice(0, -12) + randomUUID().slice(-12);
  return [
    [search(commonWord), search(commonWord.replace(/e$/, "x"))],
    [get(target.taskId), get(absent)],
  ];
}

/** Returns calls of each kind that accepts a session's token, with tokens that are wrong at different bytes. */
function forgedRequests(target: Target): HttpRequest[] {
  const bytes = bytesOf(target.tokens.product);
  // Bytes of the key id, the generation, the expiry, and the code.
  const wrong = [1, 21, 27, 30, 45, bytes.length - 1].map((at) => forgedAt(target, at));
  const asRefresh = `pjr_${bytes.subarray(0, bytes.length - 6).toString("base64url")}`;
  return [
    ...wrong.flatMap((forged) => pairsOf(forged).flat()),
    ...wrong.map((forged) => queryOf(forged, "auth.me", {})),
    mutationOf(null, "auth.refresh", { refreshToken: asRefresh }),
  ];
}

const withWrongCode = (target: Target): Target => forgedAt(target, bytesOf(target.tokens.product).length - 1);

function forgedAt(target: Target, at: number): Target {
  const bytes = bytesOf(target.tokens.product);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return { ...target, tokens: { ...target.tokens, product: `pja_${bytes.toString("base64url")}` } };
}

const bytesOf = (token: string): Buffer => Buffer.from(token.slice(4), "base64url");

function sessionIdOf(token: string): string {
  const hex = bytesOf(token).toString("hex", 2, 18);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function firstOf(targets: readonly Target[]): Target {
  const [first] = targets;
  if (!first) throw new RangeError("The data set has no target.");
  return first;
}
