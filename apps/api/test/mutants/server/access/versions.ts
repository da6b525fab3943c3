// Mutants of the version checks: of two updates that are based on one version, one succeeds, and the error of the other shows the
// row only to a caller who may read it.
import { duringTransaction, keyOf, succeeded, team, type Team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";
import { projectIn, taskIn } from "./isolation.ts";

const SECRET = "the analytical engine";

const titled = async (here: Team): Promise<string> => {
  const id = await taskIn(here, await projectIn(here));
  await here.admin.call("tasks.update", { id, title: SECRET }, here.id);
  return id;
};

const overwrites: Attack = {
  title: "an update that is based on an earlier version overwrites the change of another user",
  tryOn: async (server) => {
    const here = await team(server);
    const id = await titled(here);
    return succeeded(
      await here.admin.call("tasks.update", { id, title: "Mine", expectedVersion: 1 }, here.id),
    );
  },
};

const bothPass: Attack = {
  title: "two parallel updates that are based on one version both succeed",
  tryOn: async (server) => {
    const here = await team(server);
    const id = await titled(here);
    const held = `SELECT FROM tasks WHERE id = '${id}' FOR UPDATE`;
    const answers = await duringTransaction(server, { statements: held, waiting: 2 }, () =>
      Promise.all(
        ["One", "Two"].map((title) =>
          here.admin.call("tasks.update", { id, title, expectedVersion: 2 }, here.id),
        ),
      ),
    );
    return answers.every(succeeded);
  },
};

const readsByConflict: Attack = {
  title: "a key without task:read reads a task in the error of a version conflict",
  tryOn: async (server) => {
    const here = await team(server);
    const id = await titled(here);
    const key = await keyOf(server, here, { role: "member", scopes: ["task:write"] });
    const answer = await key.call("tasks.delete", { id, expectedVersion: 1 }, here.id);
    return answer.text.includes(SECRET);
  },
};

const updateFile = "apps/api/src/features/tasks/update-task.ts";
const WHERE = "const where = { id, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) };";

export const versions: readonly Mutant[] = [
  {
    removed: [guard("an update compares the version", updateFile, [WHERE, "const where = { id };"])],
    succeeds: [overwrites, bothPass],
    stillBlocked: [readsByConflict],
  },
  {
    removed: [
      guard("the statement that changes the row compares its version", updateFile, [
        WHERE,
        `const where = { id };
         const present = await ws.db.task.findFirst({ where });
         if (present && expectedVersion !== undefined && present.version !== expectedVersion)
           return refuseChange(ws, { id, expectedVersion });`,
      ]),
    ],
    succeeds: [bothPass],
    stillBlocked: [overwrites],
  },
  {
    removed: [
      guard(
        "the error of a version conflict shows the row only to readers",
        "apps/api/src/rpc/failures/failure.ts",
        ["holds(caller, access) ? { current: schema.parse(row) } : {}", "{ current: schema.parse(row) }"],
      ),
    ],
    succeeds: [readsByConflict],
    stillBlocked: [overwrites],
  },
];
