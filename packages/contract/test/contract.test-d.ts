// Type tests. The compiler checks this file; it never runs. The line after each @ts-expect-error is a mistake that must not
// compile. If one compiles, the compiler reports an error at its comment.
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { z } from "zod";
import { mutation, query } from "../src/define.ts";
import type { ApiRouter, Contract, Operation } from "../src/index.ts";

const words = { summary: "Does a thing.", details: "It has no side effect." };
const schemas = { input: z.strictObject({}), output: z.object({}) };
const example = { input: {}, output: {} };
const costless = { ...words, ...schemas, example };
const shape = { ...costless, cost: { points: 1 } };

const nothing = { nothing: "it is everyday work" };
const replayed = "replayed";
mutation({
  ...shape,
  access: "task:write",
  records: nothing,
  repetition: { again: "it changes nothing" },
  errors: ["task.not_found"],
}) satisfies Operation;
mutation({
  ...shape,
  access: "task:write",
  records: "task.deleted",
  repetition: replayed,
}) satisfies Operation;

// @ts-expect-error a mutation must declare the action it records, or why it records none
mutation({ ...shape, access: "task:write", repetition: replayed });
// @ts-expect-error a mutation must declare what a repetition with the same idempotency key does
mutation({ ...shape, access: "task:write", records: "task.deleted" });
// @ts-expect-error a mutation that runs again must give the reason
mutation({ ...shape, access: "task:write", records: "task.deleted", repetition: {} });
// @ts-expect-error the action is not in the list of audit actions
mutation({ ...shape, access: "task:write", records: "task.lost", repetition: replayed });

// @ts-expect-error an operation must declare its access
query(shape);
// @ts-expect-error the permission is not in the policy
query({ ...shape, access: "task:archive" });
// @ts-expect-error a role is not an access
query({ ...shape, access: "admin" });
// @ts-expect-error the reason is not in the list of reasons
query({ ...shape, access: "public", errors: ["task.gone"] });
// @ts-expect-error an operation must have a summary
query({ ...schemas, access: "public", cost: shape.cost, details: words.details, example });
// @ts-expect-error an operation must have details
query({ ...schemas, access: "public", cost: shape.cost, summary: words.summary, example });
// @ts-expect-error an operation must have an example
query({ ...words, ...schemas, access: "public", cost: shape.cost });
// @ts-expect-error the output of an example must match the schema
query({ ...shape, access: "public", example: { input: {}, output: { id: 1 } } });
// @ts-expect-error the input of an example must match the schema
query({ ...shape, access: "public", example: { input: { id: 1 }, output: {} } });
// @ts-expect-error an operation must declare its output
query({ ...words, access: "public", cost: shape.cost, input: shape.input, example });
// @ts-expect-error an operation must declare its cost
query({ ...costless, access: "public" });
const limited = {
  ...shape,
  input: z.strictObject({ limit: z.int() }),
  example: { input: { limit: 1 }, output: {} },
};
query({ ...limited, access: "public", cost: { points: 1, each: { limit: 2 } } });
// @ts-expect-error a cost can only depend on fields of the input
query({ ...limited, access: "public", cost: { points: 1, each: { items: 2 } } });
// @ts-expect-error a query is not a mutation
query({ ...shape, access: "public" }) satisfies Operation<"mutation">;
// @ts-expect-error a public operation does not require a workspace permission
query({ ...shape, access: "public" }) satisfies Operation<"query", "task:read">;

declare const operations: Contract;
// @ts-expect-error an operation for viewers does not require an admin's permission
operations.tasks.list satisfies Operation<"query", "workspace:manage">;
// @ts-expect-error a declared operation is read-only
operations.tasks.delete.access = "task:write";

type Procedures = ApiRouter["_def"]["record"];
declare const procedures: Procedures;
declare const withoutTasks: Omit<Procedures, "tasks">;
declare const withoutDelete: Omit<Procedures, "tasks"> & { tasks: Omit<Procedures["tasks"], "delete"> };
declare const readForWrite: Omit<Procedures, "tasks"> & {
  tasks: Omit<Procedures["tasks"], "create"> & { create: Procedures["tasks"]["get"] };
};
declare const wrongOutput: Omit<Procedures, "tasks"> & {
  tasks: Omit<Procedures["tasks"], "get"> & { get: Procedures["projects"]["get"] };
};

procedures satisfies Procedures;
// @ts-expect-error the router lacks a resource of the contract
withoutTasks satisfies Procedures;
// @ts-expect-error the router lacks an operation of the contract
withoutDelete satisfies Procedures;
// @ts-expect-error the router has a query where the contract has a mutation
readForWrite satisfies Procedures;
// @ts-expect-error the router returns a project where the contract returns a task
wrongOutput satisfies Procedures;

type Inputs = inferRouterInputs<ApiRouter>;
type Outputs = inferRouterOutputs<ApiRouter>;

({ projectId: "p", title: "t" }) satisfies Inputs["tasks"]["create"];
// @ts-expect-error a task requires a title
({ projectId: "p" }) satisfies Inputs["tasks"]["create"];
// @ts-expect-error the status is not one of the three
({ projectId: "p", title: "t", status: "archived" }) satisfies Inputs["tasks"]["create"];
// @ts-expect-error the workspace comes from the request, never from the input
({ projectId: "p", title: "t", workspaceId: "w" }) satisfies Inputs["tasks"]["create"];
// @ts-expect-error a returned user has no password
export type Password = Outputs["auth"]["me"]["user"]["password"];
