// Two servers, one with the fast path and a plain one, each with its own database. A test inserts the same rows with the same ids into both,
// so both must answer the same requests identically.
import { randomBytes } from "node:crypto";
import { createTestDatabase } from "@projostack/db/testing";
import { startServerOver, type TestServer } from "../kit/index.ts";
import { openPatchedServers } from "../mutants/patched-server.ts";
import { comparable } from "./comparable.ts";
import { exchange, type Heard, type Sent } from "./exchange.ts";
import { plainServerGuards } from "./plain-server.ts";

export interface ServerPair {
  readonly fast: TestServer;
  readonly plain: TestServer;
  /** A server for the functions of the kit that plant rows: they plant in both databases. */
  readonly both: TestServer;
  /** Sends a request to both servers at once. */
  ask(sent: Sent, known?: ReadonlySet<string>): Promise<Pair>;
  close(): Promise<void>;
}

export interface Pair {
  /** The answer of the server with the fast path. */
  readonly heard: Heard;
  /** Null if the answers are equal. */
  readonly difference: string | null;
}

export async function startServerPair(env: Readonly<Record<string, string>> = {}): Promise<ServerPair> {
  const [one, other, patched] = await Promise.all([
    createTestDatabase(),
    createTestDatabase(),
    openPatchedServers(),
  ]);
  const own = {
    PROJO_APP_URL: "https://projo.example.com",
    PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}`,
    ...env,
  };
  const fast = await startServerOver(one, own);
  const plain = await (
    await patched.load(plainServerGuards)
  ).startServerOver(other, {
    ...own,
    PROJO_FAST_PATH: "false",
  });
  const owner: typeof one.owner = async (text, values) => {
    const [rows] = await Promise.all([one.owner(text, values), other.owner(text, values)]);
    return rows as never;
  };
  return {
    fast,
    plain,
    both: { ...fast, database: { ...one, owner } },
    ask: (sent, known = new Set()) => askBoth([fast, plain], sent, known),
    close: async () => {
      await Promise.all([fast.close(), plain.close(), patched.close()]);
      await Promise.all([one.drop(), other.drop()]);
    },
  };
}

let asked = 0;

async function askBoth(
  [fast, plain]: readonly [TestServer, TestServer],
  { headers, ...sent }: Sent,
  known: ReadonlySet<string>,
): Promise<Pair> {
  // Both get the same request id, as the answer contains it.
  asked += 1;
  const same = { ...sent, headers: { "x-request-id": `servers-${asked}`, ...headers } };
  const [heard, expected] = await Promise.all([exchange(fast.url, same), exchange(plain.url, same)]);
  const answers = [comparable(heard, known), comparable(expected, known)] as const;
  const isSame = answers[0] === answers[1];
  return { heard, difference: isSame ? null : `${described(same)}\n${differing(answers)}` };
}

/** Returns the first lines that differ, from the first different character. */
function differing([fast, plain]: readonly [string, string]): string {
  const [of, others] = [fast.split("\n"), plain.split("\n")];
  const at = of.findIndex((line, nth) => line !== others[nth]);
  const [one = "", other = ""] = [of[at], others[at]];
  const from = Math.max(0, Array.from(one).findIndex((letter, nth) => !other.startsWith(letter, nth)) - 80);
  return `  fast:  ${one.slice(from, from + 400)}\n  plain: ${other.slice(from, from + 400)}\n`;
}

function described({ method, path, headers, body }: Sent): string {
  const bytes = body === undefined ? "" : Buffer.from(body).toString().slice(0, 500);
  return `${method} ${decoded(path).slice(0, 500)} ${JSON.stringify(headers).slice(0, 400)} ${bytes}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
