import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { permissions } from "@projostack/authz";
import {
  commonReasons,
  impliedReasons,
  operations,
  reasons,
  type ErrorData,
  type Reason,
} from "@projostack/contract";
import { bySuite, LONG_TEST_MS } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  call,
  foundWorkspace,
  join,
  problemOfMessage,
  readStream,
  startSession,
} from "../kit/index.ts";
import { seededChance, type Chance } from "../simulation/seeded-random.ts";
import { fuzzRequest, type FuzzActors, type FuzzRequest } from "./fuzz-request.ts";
import { startFuzzServer, type FuzzServer } from "./fuzz-server.ts";
import { setScene } from "../resources/index.ts";
import { pick } from "./fuzz-input.ts";

// To run longer, or to repeat a run: PROJO_TEST_FUZZ=20000 PROJO_TEST_SEED=7 npx vitest run apps/api/test/proofs/fuzz.test.ts
const CALLS = Number(process.env["PROJO_TEST_FUZZ"] ?? bySuite({ short: 1_800, full: 6_000 }));
const SEED = Number(process.env["PROJO_TEST_SEED"] ?? 20_261_122);
const CALLS_A_ROUND = 400;
const AT_ONCE = 8;

let server: FuzzServer;
beforeAll(async () => {
  server = await startFuzzServer();
});
afterAll(() => server.close());

/** Operations that end the caller's session or workspace. They are called last, so that the other calls succeed. */
const ENDINGS = ["auth.signOut", "auth.signOutEverywhere", "password.change", "workspaces.delete"];

async function newFuzzActors(chance: Chance): Promise<FuzzActors> {
  const [admin, viewer] = await Promise.all([
    arrive(server, `admin${chance.next()}`),
    arrive(server, `viewer${chance.next()}`),
  ]);
  const workspaceId = await foundWorkspace(admin);
  await join(server, workspaceId, viewer, "viewer");
  const key = await admin.call(
    "serviceKeys.create",
    { name: "Fuzz", role: "admin", scopes: permissions },
    workspaceId,
  );
  const scene = await setScene(server, admin, { workspaceId, email: admin.email });
  const expired = (await startSession(server, admin.id, -1)).token;
  const tokens = {
    nobody: undefined,
    viewer: viewer.token,
    admin: admin.token,
    key: String(key.data.token),
    expired,
  };
  return { scene, tokens };
}

interface Heard {
  readonly status: number;
  readonly type: string | null;
  readonly requestId: string | null;
  readonly text: string;
}

async function sendOff({ path, init, breaksOff }: FuzzRequest): Promise<Heard | null> {
  if (breaksOff) return breakOff(path, init);
  const response = await fetch(`${server.url}${path}`, init);
  const { status, headers } = response;
  return {
    status,
    type: headers.get("content-type"),
    requestId: headers.get("x-request-id"),
    text: await response.text(),
  };
}

/** Announces a longer body than it sends, and closes the connection. */
async function breakOff(path: string, { headers = {}, body }: RequestInit): Promise<null> {
  const { hostname, port } = new URL(server.url);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  const head = [`POST ${path} HTTP/1.1`, "host: localhost", "content-length: 100000", ...lines].join("\r\n");
  await new Promise<void>((resolve) => socket.write(`${head}\r\n\r\n`, () => resolve()));
  await new Promise<void>((resolve) => socket.write(body instanceof Uint8Array ? body : "", () => resolve()));
  socket.destroy();
  return null;
}

const DATABASE_TEXT =
  /sqlstate|prisma|postgres|constraint|relation "|violates|syntax error|select |insert into|\bpg_|\bprojo_(tenant|system)|workspace_members|audit_logs|service_keys|one_time_tokens|mail_outbox/i;
/** Error codes of PostgreSQL and of Prisma. */
const DATABASE_CODE =
  /\b(?:P[12]0\d\d|080\d\d|22[P0]\d\d|23[05]\d\d|25[P0]\d\d|40[P0]\d\d|42[P0-9]\d\d|53\d00|55[P0]\d\d|57[P0]\d\d|XX00\d)\b/;

/** Returns the problem of an answer, or undefined if there is none. */
function problemsOf({ names }: FuzzRequest, heard: Heard): string[] {
  const { status, type, text } = heard;
  if (status >= 500) return [`${status}`];
  const isStream = type?.startsWith("application/jsonl");
  if (!isStream && !type?.startsWith("application/json")) return [`content-type ${type}`];
  if (DATABASE_TEXT.test(text)) return ["the database's words"];
  if (!text.isWellFormed()) return ["ill-formed text"];
  const body: unknown = isStream ? readStream(text) : JSON.parse(text);
  const parts: unknown[] = Array.isArray(body) ? body : [body];
  if (Array.isArray(body) && body.length !== Math.max(1, names.length)) return [`${body.length} answers`];
  return parts.flatMap((part, at) =>
    problemsOfPart(part, { heard, name: parts.length === names.length ? names[at] : undefined }),
  );
}

function problemsOfPart(
  part: unknown,
  { heard, name }: { heard: Heard; name: string | undefined },
): string[] {
  const { result, error } = part as { result?: unknown; error?: Error & { data: ErrorData } };
  if (result !== undefined)
    return Object.keys(part as object).join() === "result" ? [] : ["not a result alone"];
  if (!error) return ["neither result nor error"];
  const { message, data } = error;
  const known: Record<string, readonly [string, string, number?]> = reasons;
  const [code] = known[data.reason] ?? [];
  const wrongWords = problemOfMessage(message, data);
  const operation = operations.find((one) => one.name === name)?.operation;
  const declared: readonly Reason[] = operation
    ? [...commonReasons, ...impliedReasons(operation.access), ...operation.errors]
    : (Object.keys(reasons) as Reason[]);
  const allowed = ["code", "httpStatus", "reason", "requestId", "retryAfter", "fieldErrors", "current"];
  return [
    ...(DATABASE_CODE.test(JSON.stringify(error)) ? ["a code of the database's"] : []),
    ...(Object.keys(error).toSorted().join() === "code,data,message" ? [] : ["another form"]),
    ...(Object.keys(data).every((field) => allowed.includes(field)) ? [] : ["unknown fields"]),
    ...(code === data.code ? [] : [`not the code of ${data.reason}`]),
    ...(wrongWords === null ? [] : [wrongWords]),
    ...(declared.includes(data.reason) ? [] : [`${data.reason} is not declared`]),
    ...(data.httpStatus < 500 ? [] : [`${data.httpStatus} within`]),
    // The calls of a stream end after its status was sent.
    ...(data.httpStatus === heard.status ||
    heard.status === 207 ||
    heard.type?.startsWith("application/jsonl")
      ? []
      : [`${data.httpStatus} in a ${heard.status}`]),
    ...(data.requestId === heard.requestId ? [] : ["another request's id"]),
  ];
}

/** The answer that sheds load: the call was not executed. It has no other cause than a machine that is busy with other work. */
const isBusy = (heard: Heard | null): boolean =>
  heard?.status === 503 && heard.text.includes('"reason":"server.busy"');

/** Sends random calls. Returns the number of answers by status, the problems, and how often the server was busy. */
async function fuzz(chance: Chance, calls: number) {
  const counts: Record<string, number> = {};
  let busy = 0;
  const wrong: string[] = [];
  for (let sent = 0; sent < calls; sent += CALLS_A_ROUND) {
    const actors = await newFuzzActors(chance);
    const drawn = Array.from({ length: Math.min(CALLS_A_ROUND, calls - sent) }, () =>
      fuzzRequest(chance, actors, pick(chance, operations)),
    );
    const isLast = ({ names }: FuzzRequest) => names.some((name) => ENDINGS.includes(name));
    const requests = [...drawn.filter((one) => !isLast(one)), ...drawn.filter(isLast)].values();
    const worker = async () => {
      for (const request of requests) {
        let heard = await sendOff(request);
        if (isBusy(heard)) {
          busy += 1;
          await delay(2_000);
          heard = await sendOff(request);
        }
        const status = heard?.status ?? "hung up";
        counts[status] = (counts[status] ?? 0) + 1;
        for (const problem of heard ? problemsOf(request, heard) : []) {
          wrong.push(`${problem}: ${describeRequest(request)}\n  ${heard?.text.slice(0, 300)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }
  return { counts, wrong, busy };
}

function describeRequest({ names, actor, path, init }: FuzzRequest): string {
  const sent = init.body instanceof Uint8Array ? Buffer.from(init.body).toString() : decodeURIComponent(path);
  return `${names.join(",").slice(0, 80)} as ${actor}: ${sent.slice(0, 500)} ${JSON.stringify(init.headers).slice(0, 200)}`;
}

describe(`N1 ${CALLS} random calls of every operation, seed ${SEED}`, () => {
  it(
    "N1 causes no 5xx, no database text in an answer, no malformed answer, no crash and no memory leak",
    async () => {
      const chance = seededChance(SEED);
      // The first calls fill caches and compile code, which is not a leak. About 5,000 calls are needed until the heap is level.
      const warmUp = await fuzz(chance, CALLS);
      const before = await server.heapUsed();
      const { counts, wrong, busy } = await fuzz(chance, Math.floor((2 * CALLS) / 3));
      const after = await server.heapUsed();
      const grownMB = (after - before) / 1e6;
      console.info(`seed ${SEED}: ${JSON.stringify(counts)}, heap ${before / 1e6} MB + ${grownMB} MB`);
      expect([...warmUp.wrong, ...wrong].slice(0, 20).join("\n")).toBe("");
      expect(warmUp.busy + busy).toBeLessThanOrEqual(CALLS / 1_000);
      const bugs = server.logLines.filter((line) => /"level":(50|60)/.test(line) || !line.startsWith("{"));
      expect(bugs.slice(0, 5).join("\n")).toBe("");
      expect(server.exitCode()).toBeNull();
      expect((await call(server.url, "system.health")).status).toBe(200);
      expect(grownMB).toBeLessThan(4);
      // The calls must include both accepted and refused ones.
      for (const status of ["200", "400", "401", "403", "404", "405", "415", "hung up"]) {
        expect(counts[status], status).toBeGreaterThan(CALLS / 6_000);
      }
      // An input that is too large is refused in the body of a mutation with 413, and in the URL of a query with 414.
      expect((counts["413"] ?? 0) + (counts["414"] ?? 0)).toBeGreaterThan(CALLS / 6_000);
      expect(counts["200"]).toBeGreaterThan(CALLS / 20);
    },
    LONG_TEST_MS + CALLS * 30,
  );
});
