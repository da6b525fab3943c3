// F, the lower bound of the cost of a request: Node's HTTP server and one prepared statement. It does not authenticate its
// callers, so no server that does can be faster, and it is not fit for production.
import pg from "pg";
import { v7 } from "uuid";
import { idOf, operationOf, pageOf, statements } from "../plain/operations.ts";
import { HttpError, serveJson, type JsonRequest } from "../plain/serve-json.ts";
import { POOL_SIZE, readSettings } from "../settings.ts";
import { announceUntilEnded } from "../until-ended.ts";

const { databaseUrl } = readSettings();
const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE });

const server = await serveJson(answer);
announceUntilEnded("F", {
  address: server.address(),
  close: async () => {
    server.close();
    server.closeAllConnections();
    await pool.end();
  },
});

async function answer(request: JsonRequest): Promise<unknown> {
  const workspaceId = idOf(request.headers["x-workspace-id"]);
  const operation = operationOf(request);
  switch (operation.kind) {
    case "getTask":
    case "getProject":
      return one(await run(operation.kind, [workspaceId, operation.id]));
    case "listTasks":
      return pageOf(await run("listTasks", [workspaceId, operation.status, operation.cursor]));
    case "createTask": {
      // The caller is unknown, so the creator of the project becomes the creator of the task.
      const { createdBy } = one(await run("getProject", [workspaceId, operation.projectId]));
      return one(
        await run("createTask", [workspaceId, v7(), operation.projectId, operation.title, createdBy]),
      );
    }
  }
}

interface Row {
  readonly id: string;
  readonly createdBy: string;
}

async function run(name: keyof typeof statements, values: unknown[]): Promise<Row[]> {
  const { rows } = await pool.query<Row>({ name, text: statements[name], values });
  return rows;
}

function one([row]: Row[]): Row {
  if (!row) throw new HttpError(404, "not found");
  return row;
}
