// FA, the practical limit: the guarantees of a read in the product (authentication, permission check and row-level security of
// the workspace) in one round trip, without anything else: no limits, log, schemas or framework.
import { parseKeyRing } from "@projostack/api/key-ring";
import { parseAccessToken } from "@projostack/api/tokens";
import pg from "pg";
import { v7 } from "uuid";
import { idOf, operationOf, pageOf, statements, type Operation } from "../plain/operations.ts";
import { HttpError, serveJson, type JsonRequest } from "../plain/serve-json.ts";
import { POOL_SIZE, readSettings } from "../settings.ts";
import { announceUntilEnded } from "../until-ended.ts";
import { inOneTrip, type Columns, type Statement } from "./one-trip.ts";

const { databaseUrl, secret } = readSettings();
const keys = parseKeyRing(secret);
const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE, options: "-c timezone=UTC" });

const READERS = "{viewer,member,admin}";
const WRITERS = "{member,admin}";

const server = await serveJson(answer);
announceUntilEnded("FA", {
  address: server.address(),
  close: async () => {
    server.close();
    server.closeAllConnections();
    await pool.end();
  },
});

async function answer(request: JsonRequest): Promise<unknown> {
  const token = parseAccessToken(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
  if (!token?.isIssued(keys)) throw new HttpError(401, "token");
  const workspaceId = idOf(request.headers["x-workspace-id"]);
  const operation = operationOf(request);
  const { sessionId, generation, expiresAtSeconds } = token.claims;
  const enter: Statement = {
    name: "enter",
    text: "SELECT salt, user_id FROM practical_limit.enter($1, $2, $3, $4, $5)",
    values: [
      sessionId,
      String(generation),
      String(expiresAtSeconds),
      workspaceId,
      operation.kind === "createTask" ? WRITERS : READERS,
    ],
  };
  const check = ([entered]: Columns[] = []): string => {
    const [salt, userId] = entered ?? [];
    const isGenuine = salt && token.isGenuine(keys, Buffer.from(salt.slice(2), "hex"));
    if (!isGenuine || !userId) throw new HttpError(401, "token");
    return userId;
  };
  if (operation.kind === "createTask") return create({ enter, check }, workspaceId, operation);
  // The row and the session's salt arrive together. The token's code is checked before any data is returned.
  const [entered, rows = []] = await inOneTrip(pool, [enter, readOf(operation, workspaceId)]).catch(
    toHttpError,
  );
  check(entered);
  return operation.kind === "listTasks" ? pageOf(rows.map(toTask)) : one(rows, operation.kind);
}

type Read = Exclude<Operation, { kind: "createTask" }>;

function readOf(operation: Read, workspaceId: string): Statement {
  const { kind } = operation;
  const values = kind === "listTasks" ? [operation.status, operation.cursor] : [operation.id];
  return { name: kind, text: statements[kind], values: [workspaceId, ...values] };
}

interface EnterStep {
  readonly enter: Statement;
  readonly check: (entered: Columns[] | undefined) => string;
}

/** A write must not happen before the token's code is checked, so it takes a second round trip. */
async function create(
  { enter, check }: EnterStep,
  workspaceId: string,
  task: Operation & { kind: "createTask" },
) {
  const userId = check((await inOneTrip(pool, [enter]).catch(toHttpError))[0]);
  const values = [workspaceId, v7(), task.projectId, task.title, userId];
  const insert: Statement = { name: "createTask", text: statements.createTask, values };
  // Enters the workspace again, which also checks that the user is still a member.
  const [, rows = []] = await inOneTrip(pool, [enter, insert]).catch(toHttpError);
  return one(rows, "createTask");
}

const toTask = ([id, projectId, title, status, createdBy, createdAt]: Columns) => ({
  id: id ?? "",
  projectId,
  title,
  status,
  createdBy,
  createdAt: isoOf(createdAt),
});

function one([row]: Columns[], kind: Operation["kind"]) {
  if (!row) throw new HttpError(404, "not found");
  if (kind !== "getProject") return toTask(row);
  const [id, name, createdBy, createdAt] = row;
  return { id, name, createdBy, createdAt: isoOf(createdAt) };
}

const isoOf = (written: string | null | undefined) => new Date(written ?? Number.NaN).toISOString();

/** Converts the SQLSTATE codes of practical_limit.enter (dataset/seed-contenders.ts). */
function toHttpError(error: unknown): never {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  if (code === "28000") throw new HttpError(401, "token");
  if (code === "02000") throw new HttpError(404, "workspace");
  if (code === "42501") throw new HttpError(403, "role");
  throw error;
}
