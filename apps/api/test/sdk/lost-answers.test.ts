// The SDK repeats a mutation whose answer is lost. Each call ends with its answer, and the server has one row.
import { type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { createTestDatabase, LONG_TEST_MS, ROUNDS, type TestDatabase } from "@projostack/db/testing";
import { createClient, memoryTokenStore, type Client } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { layLossyWire } from "../idempotency/lossy-wire.ts";
import { plantProject } from "../idempotency/plant.ts";
import {
  arrive,
  bySuite,
  password,
  plantWorkspace,
  startProgram,
  startServerOver,
  type Person,
  type TestServer,
} from "../kit/index.ts";

const keys = `1:${Buffer.alloc(32, 9).toString("base64url")}`;
let database: TestDatabase;
let servers: TestServer[];
let ada: Person;
let workspaceId: string;
let projectId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const env = { PROJO_TOKEN_KEYS: keys };
  servers = await Promise.all([startServerOver(database, env), startServerOver(database, env)]);
  const [server] = servers as [TestServer];
  ada = await arrive(server, "ada");
  workspaceId = await plantWorkspace(server, ada);
  projectId = await plantProject(server, workspaceId, ada);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

const clientOf = (baseUrl: string, options = {}): Client =>
  createClient({ baseUrl, token: ada.token, workspaceId, ...options });

async function idsOf(title: string): Promise<string[]> {
  const rows = await database.owner<{ id: string }>("SELECT id FROM tasks WHERE title = $1", [title]);
  return rows.map(({ id }) => id);
}

type Lose = (response: ServerResponse, answer: Buffer) => void;
/** The ways in which a connection ends between the commit and the answer. */
const losses: readonly Lose[] = [
  (response) => void response.socket?.destroy(),
  (response) => void response.socket?.resetAndDestroy(),
  (response, { length }) => {
    response.writeHead(200, { "content-length": length });
    response.flushHeaders();
    setImmediate(() => response.socket?.destroy());
  },
  (response, answer) => {
    response.writeHead(200, { "content-length": answer.length });
    response.write(answer.subarray(0, 20), () => response.socket?.destroy());
  },
];

/** Starts a proxy that loses the first answer to each key, and also the second one to every third key. */
async function startLosingProxy(target: string) {
  const counts = new Map<string, number>();
  let lost = 0;
  const pass = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(incoming);
    const { method, headers, url } = incoming;
    const key = String(headers["idempotency-key"]);
    const finish = async (answer: IncomingMessage) => {
      const text = await buffer(answer);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count > (counts.size % 3 === 0 ? 2 : 1))
        return void response.writeHead(answer.statusCode ?? 0, answer.headers).end(text);
      losses[lost % losses.length]?.(response, text);
      lost += 1;
    };
    forward(`${target}${url}`, { method, headers }, (answer) => void finish(answer)).end(body);
  };
  const proxy = createServer((incoming, response) => void pass(incoming, response)).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, lost: () => lost };
}

describe("N6 a connection that ends between the commit and the answer", () => {
  const calls = bySuite({ short: 40, full: 200 });

  it(
    `loses no call and makes no second row, ${calls} times`,
    async () => {
      const proxy = await startLosingProxy(servers[0]?.url ?? "");
      const client = clientOf(proxy.url);
      for (let done = 0; done < calls; done += 10)
        await Promise.all(
          Array.from({ length: 10 }, async (_, index) => {
            const title = `Lost ${done + index}`;
            const { id } = await client.tasks.create({ projectId, title });
            expect(await idsOf(title)).toEqual([id]);
          }),
        );
      expect(proxy.lost()).toBeGreaterThanOrEqual(calls);
    },
    LONG_TEST_MS,
  );
});

describe("N6 one key in 20 parallel calls to two servers", () => {
  it(
    "makes one row, and all calls return the same answer",
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const title = `Parallel ${round}`;
        const idempotencyKey = randomUUID();
        const answers = await Promise.all(
          Array.from({ length: 20 }, async (_, index) => {
            const client = clientOf(servers[index % 2]?.url ?? "");
            return await client.tasks.create({ projectId, title }, { idempotencyKey });
          }),
        );
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
        expect(await idsOf(title)).toEqual([answers[0]?.id]);
      }
    },
    LONG_TEST_MS,
  );
});

describe("N6 a server that is killed between the commit and its answer", () => {
  // Each round starts a server, so the suites have few. PROJO_TEST_ROUNDS=200 runs 200.
  const kills = process.env["PROJO_TEST_ROUNDS"] === undefined ? bySuite({ short: 2, full: 8 }) : ROUNDS;

  it(
    `loses no call and makes no second row, ${kills} times`,
    async () => {
      const directory = await mkdtemp(join(tmpdir(), "projo-killed-"));
      let child: ChildProcess | undefined;
      const wire = await layLossyWire(database.url, () => void child?.kill("SIGKILL"));
      const port = await freePort();
      const start = () =>
        startListening({
          PORT: String(port),
          PROJO_DATA_DIR: directory,
          PROJO_TOKEN_KEYS: keys,
          PROJO_LIMITS: "1000",
          DATABASE_URL: wire.url,
        });
      try {
        // 200 rounds may take longer than an access token is valid, so the client has a session.
        const tokens = memoryTokenStore();
        const { email } = ada;
        await createClient({ baseUrl: servers[0]?.url ?? "", tokens }).auth.signIn({ email, password });
        const client = createClient({
          baseUrl: `http://127.0.0.1:${port}`,
          tokens,
          workspaceId,
          maxRetries: 100,
          timeoutMs: 120_000,
        });
        child = await start();
        for (let round = 0; round < kills; round += 1) {
          const title = `Killed ${round}`;
          const ended = once(child, "close");
          wire.loseNext();
          const call = client.tasks.create({ projectId, title });
          // A failure before the server ends must not go unhandled.
          call.catch(() => undefined);
          expect(await ended).toEqual([null, "SIGKILL"]);
          // The commit is done, although nobody has an answer.
          expect(await idsOf(title)).toHaveLength(1);
          child = await start();
          const { id } = await call;
          expect(await idsOf(title)).toEqual([id]);
        }
        expect(wire.lost()).toBe(kills);
      } finally {
        if (child && child.exitCode === null && child.signalCode === null) {
          const ended = once(child, "close");
          child.kill("SIGKILL");
          await ended;
        }
        await wire.close();
        await rm(directory, { recursive: true, force: true });
      }
    },
    2 * LONG_TEST_MS,
  );
});

/** Starts the server as a process, and waits until it listens. */
async function startListening(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = startProgram(["serve"], env);
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (/ listens on http:/.test(output)) resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("close", (code) => reject(new Error(`The server exited with ${code}: ${output}`)));
  });
  return child;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const closed = once(server, "close");
  server.close();
  await closed;
  return port;
}
