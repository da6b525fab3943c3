// Checks one log as the server does, part by part and page by page, and says how long it took and what memory. What to
// check comes on the standard input, what was found goes to the standard output.
import { createDb, openPool, verifyChain, type AuditRow } from "@projostack/db";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { auditGrant } from "../database/plant-workspaces.ts";

const Check = z.object({
  target: z.object({
    host: z.string(),
    port: z.int(),
    user: z.string(),
    password: z.string().exactOptional(),
    database: z.string(),
  }),
  place: z.object({ id: z.string(), userId: z.string() }),
  entries: z.int(),
});

// The server's own: entries to a page, and to a call of audit.verify, which is one transaction.
const PAGE = 1_000;
const PART = 5_000;

const { target, place, entries } = Check.parse(JSON.parse(await text(process.stdin)));
const db = createDb({ pool: openPool({ target }) });
const grant = auditGrant(place);
let [read, tenthBytes, wholeBytes] = [0, 0, 0];

const startedAt = performance.now();
let last = { seq: 0, hash: "00".repeat(32) };
for (let part = PART; part === PART;) {
  const after = last;
  const verdict = await db.read(grant, async ({ sql: { audit } }) => {
    async function* rows(): AsyncGenerator<AuditRow> {
      for (let afterSeq = after.seq; afterSeq < after.seq + PART; afterSeq += PAGE) {
        const page = await audit.page({ afterSeq, limit: PAGE });
        yield* page;
        read += page.length;
        wholeBytes = Math.max(wholeBytes, process.memoryUsage.rss());
        if (read <= entries / 10) tenthBytes = wholeBytes;
        if (page.length < PAGE) return;
      }
    }
    return verifyChain(rows(), { workspaceId: place.id, after });
  });
  if (!verdict.intact) throw new Error(verdict.message);
  last = { seq: verdict.lastSeq, hash: verdict.lastHash };
  part = verdict.entries;
}
const seconds = (performance.now() - startedAt) / 1000;
await db.close();
if (last.seq !== entries)
  throw new Error(`The log ends with entry ${last.seq}, and ${entries} were planted.`);
process.stdout.write(JSON.stringify({ seconds, tenthBytes, wholeBytes }));
