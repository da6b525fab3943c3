// Starts servers with a deliberate defect: a changed function in a database of their own, or a proxy in front of the database that
// changes a statement. The source code does not change.
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { Transform } from "node:stream";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { startServerOver, type TestServer } from "../kit/index.ts";

export interface Defect {
  /** The database function whose text changes. If absent, the text of a statement changes. */
  readonly inFunction?: string;
  readonly from: string;
  readonly to: string;
}

export async function startBrokenServer({ inFunction, from, to }: Defect): Promise<TestServer> {
  const database = await createTestDatabase();
  if (inFunction !== undefined)
    await rewriteFunction(database, inFunction, (text) => replaceText(text, from, to));
  const proxy = inFunction === undefined ? await startRewritingProxy(database.url, { from, to }) : undefined;
  const server = await startServerOver({ ...database, url: proxy?.url ?? database.url });
  return {
    ...server,
    close: async () => {
      await server.close();
      proxy?.close();
      await database.drop();
    },
  };
}

function replaceText(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`The text to change was not found: ${from}. Update the defect.`);
  return text.replaceAll(from, to);
}

async function rewriteFunction(
  { owner }: TestDatabase,
  name: string,
  rewritten: (text: string) => string,
): Promise<void> {
  const [row] = await owner<{ text: string }>("SELECT pg_get_functiondef($1::regproc) AS text", [name]);
  await owner(rewritten(row?.text ?? ""));
}

/** Starts a proxy that replaces one text with another of the same length and forwards everything else. */
async function startRewritingProxy(
  databaseUrl: string,
  { from, to }: Defect,
): Promise<{ url: string; close(): void }> {
  if (to.length > from.length)
    throw new Error("The replacement must not be longer than the text of the statement.");
  const rewrittenUrl = new URL(databaseUrl);
  const directory = rewrittenUrl.searchParams.get("host");
  const { hostname } = rewrittenUrl;
  const port = Number(rewrittenUrl.port);
  const proxyServer = createServer((client) => {
    const upstream = directory === null ? connect(port, hostname) : connect(`${directory}/.s.PGSQL.${port}`);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    upstream.pipe(client);
    client.pipe(createRewriter(from, to.padEnd(from.length))).pipe(upstream);
  });
  proxyServer.listen(0, "127.0.0.1");
  await once(proxyServer, "listening");
  const { port: ownPort } = proxyServer.address() as AddressInfo;
  rewrittenUrl.searchParams.delete("host");
  rewrittenUrl.hostname = "127.0.0.1";
  rewrittenUrl.port = String(ownPort);
  return { url: rewrittenUrl.href, close: () => void proxyServer.close() };
}

const createRewriter = (from: string, to: string): Transform =>
  new Transform({
    transform: (bytes: Buffer, _, done) => {
      done(null, Buffer.from(bytes.toString("latin1").replaceAll(from, to), "latin1"));
    },
  });
