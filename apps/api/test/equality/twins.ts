// Two servers, the fast one and the plain one, each over a database of its own. What a test puts into one is put into the
// other with the same ids, so that the same requests must be answered the same.
import { randomBytes } from "node:crypto";
import { createTestDatabase } from "@projostack/db/testing";
import { startServerOver, type TestServer } from "../kit/index.ts";
import { openPatchedServers } from "../mutants/patched-server.ts";
import { comparable } from "./comparable.ts";
import { exchange, type Heard, type Sent } from "./exchange.ts";
import { plainWays } from "./plain-ways.ts";

export interface ServerPair {
  readonly fast: TestServer;
  readonly plain: TestServer;
  /** As the kit plants in a server: in both. */
  readonly both: TestServer;
  /** Asks both the same, at once. */
  ask(sent: Sent, known?: ReadonlySet<string>): Promise<Pair>;
  close(): Promise<void>;
}

export interface Pair {
  /** By the fast one. */
  readonly heard: Heard;
  /** Nothing where they are equal. */
  readonly difference: string | null;
}

export async function startTwins(env: Readonly<Record<string, string>> = {}): Promise<ServerPair> {
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
    await patched.load(plainWays)
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
  // The same id for both, as it is in the answer.
  asked += 1;
  const same = { ...sent, headers: { "x-request-id": `twins-${asked}`, ...headers } };
  const [heard, expected] = await Promise.all([exchange(fast.url, same), exchange(plain.url, same)]);
  const answers = [comparable(heard, known), comparable(expected, known)] as const;
  const isSame = answers[0] === answers[1];
  return { heard, difference: isSame ? null : `${described(same)}\n${differing(answers)}` };
}

/** The lines that are not the same, from where they part. */
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
