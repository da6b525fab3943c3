// Compiled, never run: what the compiler must refuse. Each line under a @ts-expect-error is a mistake that must
// not build; if one of them builds, the compiler stops at its comment.
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { z } from "zod";
import { mutation, query } from "../src/define.ts";
import type { ApiRouter, Contract, Operation } from "../src/index.ts";

const costless = { summary: "Does a thing.", input: z.strictObject({}), output: z.object({}) };
const shape = { ...costless, cost: { points: 1 } };

const nothing = { nothing: "it is everyday work" };
mutation({
  ...shape,
  access: "task:write",
  records: nothing,
  errors: ["task.not_found"],
}) satisfies Operation;
mutation({ ...shape, access: "task:write", records: "task.deleted" }) satisfies Operation;

// @ts-expect-error a mutation says what it puts on record, or why nothing
mutation({ ...shape, access: "task:write" });
// @ts-expect-error an action that is not in the list
mutation({ ...shape, access: "task:write", records: "task.lost" });

// @ts-expect-error an operation says who may call it
query(shape);
// @ts-expect-error a permission that the policy does not hold
query({ ...shape, access: "task:archive" });
// @ts-expect-error a role is no access
query({ ...shape, access: "admin" });
// @ts-expect-error a reason that is not in the list
query({ ...shape, access: "public", errors: ["task.gone"] });
// @ts-expect-error an operation says what it does
query({ access: "public", cost: shape.cost, input: shape.input, output: shape.output });
// @ts-expect-error an operation says what it answers
query({ access: "public", cost: shape.cost, summary: shape.summary, input: shape.input });
// @ts-expect-error an operation declares its cost
query({ ...costless, access: "public" });
const limited = { ...shape, input: z.strictObject({ limit: z.int() }) };
query({ ...limited, access: "public", cost: { points: 1, each: { limit: 2 } } });
// @ts-expect-error a cost depends on fields that the input has
query({ ...limited, access: "public", cost: { points: 1, each: { items: 2 } } });
// @ts-expect-error a query is no mutation
query({ ...shape, access: "public" }) satisfies Operation<"mutation">;
// @ts-expect-error a public operation is not one of a workspace
query({ ...shape, access: "public" }) satisfies Operation<"query", "task:read">;

declare const operations: Contract;
// @ts-expect-error what a viewer may read is not what an admin may manage
operations.tasks.list satisfies Operation<"query", "workspace:manage">;
// @ts-expect-error an operation is not changed after it was declared
operations.tasks.delete.access = "task:write";

type Procedures = ApiRouter["_def"]["record"];
declare const procedures: Procedures;
declare const withoutTasks: Omit<Procedures, "tasks">;
declare const withoutDelete: Omit<Procedures, "tasks"> & { tasks: Omit<Procedures["tasks"], "delete"> };
declare const readForWrite: Omit<Procedures, "tasks"> & {
  tasks: Omit<Procedures["tasks"], "create"> & { create: Procedures["tasks"]["get"] };
};
declare const wrongAnswer: Omit<Procedures, "tasks"> & {
  tasks: Omit<Procedures["tasks"], "get"> & { get: Procedures["projects"]["get"] };
};

procedures satisfies Procedures;
// @ts-expect-error a router without a noun of the contract is not the API
withoutTasks satisfies Procedures;
// @ts-expect-error a router without a verb of the contract is not the API
withoutDelete satisfies Procedures;
// @ts-expect-error a query where the contract has a mutation is not the API
readForWrite satisfies Procedures;
// @ts-expect-error a project where the contract answers with a task is not the API
wrongAnswer satisfies Procedures;

type Inputs = inferRouterInputs<ApiRouter>;
type Outputs = inferRouterOutputs<ApiRouter>;

({ projectId: "p", title: "t" }) satisfies Inputs["tasks"]["create"];
// @ts-expect-error a task has a title
({ projectId: "p" }) satisfies Inputs["tasks"]["create"];
// @ts-expect-error a status is one of three
({ projectId: "p", title: "t", status: "archived" }) satisfies Inputs["tasks"]["create"];
// @ts-expect-error the workspace is the request's, never the input's
({ projectId: "p", title: "t", workspaceId: "w" }) satisfies Inputs["tasks"]["create"];
// @ts-expect-error a user in an answer has no password
export type Password = Outputs["auth"]["me"]["user"]["password"];
