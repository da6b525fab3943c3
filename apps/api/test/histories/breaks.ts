// Servers that are broken on purpose, without a line of theirs changed: in a database of its own a function or a policy
// is another, or on the wire to it a statement is.
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { Transform } from "node:stream";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { startServerOver, type TestServer } from "../kit/index.ts";

export interface Break {
  /** A function of the database whose text is changed. Without it a statement of the server's is. */
  readonly inFunction?: string;
  readonly from: string;
  readonly to: string;
}

export async function startBrokenServer({ inFunction, from, to }: Break): Promise<TestServer> {
  const database = await createTestDatabase();
  if (inFunction !== undefined)
    await rewriteFunction(database, inFunction, (text) => replaced(text, from, to));
  const wire = inFunction === undefined ? await rewritingWire(database.url, { from, to }) : undefined;
  const server = await startServerOver({ ...database, url: wire?.url ?? database.url });
  return {
    ...server,
    close: async () => {
      await server.close();
      wire?.close();
      await database.drop();
    },
  };
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`Nothing says ${from} any more: break something else.`);
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

/** Carries all as it is but for one text, in whose place another of the same length goes. */
async function rewritingWire(
  databaseUrl: string,
  { from, to }: Break,
): Promise<{ url: string; close(): void }> {
  if (to.length > from.length)
    throw new Error("What takes the place of a statement's text is no longer than it.");
  const target = new URL(databaseUrl);
  const directory = target.searchParams.get("host");
  const { hostname } = target;
  const port = Number(target.port);
  const gate = createServer((near) => {
    const far = directory === null ? connect(port, hostname) : connect(`${directory}/.s.PGSQL.${port}`);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    far.pipe(near);
    near.pipe(rewriting(from, to.padEnd(from.length))).pipe(far);
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  const { port: ownPort } = gate.address() as AddressInfo;
  target.searchParams.delete("host");
  target.hostname = "127.0.0.1";
  target.port = String(ownPort);
  return { url: target.href, close: () => void gate.close() };
}

const rewriting = (from: string, to: string): Transform =>
  new Transform({
    transform: (bytes: Buffer, _, done) => {
      done(null, Buffer.from(bytes.toString("latin1").replaceAll(from, to), "latin1"));
    },
  });
