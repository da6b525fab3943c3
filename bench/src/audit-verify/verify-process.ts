// Verifies a log in parts and pages, as the server does, and measures the time and the memory. Reads the workspace and the
// database from standard input as JSON, and writes the result to standard output as JSON.
import { createDb, openPool, verifyChain, type AuditRow } from "@projostack/db";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { auditGrant } from "../database/seed-workspaces.ts";

const Check = z.object({
  target: z.object({
    host: z.string(),
    port: z.int(),
    user: z.string(),
    password: z.string().exactOptional(),
    database: z.string(),
  }),
  workspace: z.object({ id: z.string(), userId: z.string() }),
  entries: z.int(),
});

// The sizes that the server uses: entries per page, and entries per call of audit.verify, which is one transaction.
const PAGE = 1_000;
const PART = 5_000;

const { target, workspace, entries } = Check.parse(JSON.parse(await text(process.stdin)));
const db = createDb({ pool: openPool({ target }) });
const grant = auditGrant(workspace);
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
    return verifyChain(rows(), { workspaceId: workspace.id, after });
  });
  if (!verdict.intact) throw new Error(verdict.message);
  last = { seq: verdict.lastSeq, hash: verdict.lastHash };
  part = verdict.entries;
}
const seconds = (performance.now() - startedAt) / 1000;
await db.close();
if (last.seq !== entries)
  throw new Error(`The log ends with entry ${last.seq}, but ${entries} were appended.`);
process.stdout.write(JSON.stringify({ seconds, tenthBytes, wholeBytes }));
