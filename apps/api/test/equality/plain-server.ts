// Replaces the SQL for tasks by Prisma's models. With PROJO_FAST_PATH=false as well this is the plain server. The server with the fast
// path must give the same answers.
import { guard, type SourceGuard } from "../mutants/mutant.ts";

const changedAt = "((task) => (task.updatedAt ?? task.createdAt).getTime())";
const comparisons = `({
    newest: (a, b) => (a.id < b.id ? 1 : -1),
    oldest: (a, b) => (a.id < b.id ? -1 : 1),
    last_changed: (a, b) => ${changedAt}(b) - ${changedAt}(a) || (a.id < b.id ? 1 : -1),
  })[input.order ?? "newest"]`;

const listed = `(await db.task.findMany({
    where: {
      ...(input.projectId === undefined ? {} : { projectId: input.projectId }),
      ...(input.status === undefined ? {} : { status: input.status }),
      ...(input.createdBy === undefined ? {} : { createdBy: input.createdBy }),
      ...(input.idPrefix === undefined ? {} : { id: { gte: idsWith(input.idPrefix).first, lte: idsWith(input.idPrefix).last } }),
      createdAt: {
        ...(input.createdAfter === undefined ? {} : { gte: new Date(input.createdAfter) }),
        ...(input.createdBefore === undefined ? {} : { lt: new Date(input.createdBefore) }),
      },
    },
  }))
    .toSorted(${comparisons})
    .filter((task) => after === undefined || ${comparisons}(task, { ...after, updatedAt: after.changedAt }) > 0)
    .filter(({ title }) => input.search === undefined || foldText(title).includes(foldText(input.search)))
    .slice(0, input.limit + 1)`;

/** The projects by Prisma, joined in JavaScript. */
const named = `(await db.project.findMany()).reduce(
    (tasks, project) => tasks.map((task) => (task.projectId === project.id ? { ...task, projectName: project.name } : task)),
    ${listed},
  )`;

export const plainServerGuards: readonly SourceGuard[] = [
  guard("a task is read by SQL", "apps/api/src/features/tasks/get-task.ts", [
    "ws.db.sql.tasks.find(id)",
    "ws.db.task.findFirst({ where: { id } })",
  ]),
  guard("a task is made by SQL", "apps/api/src/features/tasks/create-task.ts", [
    "ws.db.sql.tasks.insert(task)",
    "ws.db.task.create({ data: { ...task, workspaceId: ws.id } })",
  ]),
  guard("a task is deleted by SQL", "apps/api/src/features/tasks/remove-task.ts", [
    "const task = await ws.db.sql.tasks.remove(id, expectedVersion);",
    `const key = { workspaceId_id: { workspaceId: ws.id, id }, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) };
     const task = await ws.db.task.delete({ where: key }).catch((error) => {
       if (error.code === "P2025") return null;
       throw error;
     });`,
  ]),
  guard("tasks are listed by SQL", "apps/api/src/features/tasks/list-tasks.ts", [
    "const tasks = await db.sql.tasks.list(listingOf(input, cursors.position(input)));",
    `const after = cursors.position(input); const { foldText } = await import("../../../../../packages/sdk/src/fold-text.ts");
     const tasks = ${named};`,
  ]),
];
