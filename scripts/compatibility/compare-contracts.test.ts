import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareContracts } from "./compare-contracts.ts";
import type { Change } from "./change.ts";
import { changesOf, inlined } from "./contract-changes.ts";
import { contractDocument, type ContractDocument, type OperationDocument } from "./contract-document.ts";
import { openEnumerations, rules, type Breaking, type Rule } from "./rules.ts";

const create: OperationDocument = {
  kind: "mutation",
  access: "task:write",
  roles: ["member", "admin"],
  batch: true,
  errors: ["project.not_found"],
  input: {
    type: "object",
    properties: {
      title: { type: "string", minLength: 1, maxLength: 200 },
      status: { type: "string", enum: ["todo", "done"], default: "todo" },
      dueAt: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] },
      points: { type: "integer", minimum: 0, maximum: 10 },
      labels: { type: "array", maxItems: 5, items: { type: "string", maxLength: 20 } },
    },
    required: ["title"],
    additionalProperties: false,
  },
  output: { $ref: "#/$defs/Task" },
};
const list: OperationDocument = {
  kind: "query",
  access: "task:read",
  roles: ["viewer", "member", "admin"],
  batch: true,
  errors: ["cursor.invalid"],
  input: {
    type: "object",
    properties: { cursor: { type: "string" } },
    additionalProperties: false,
    default: {},
  },
  output: {
    type: "object",
    properties: {
      items: { type: "array", items: { $ref: "#/$defs/Task" } },
      nextCursor: { type: ["string", "null"] },
    },
    required: ["items", "nextCursor"],
  },
};
const task = {
  type: "object",
  properties: {
    id: { type: "string", format: "uuid" },
    status: { type: "string", enum: ["todo", "done"] },
    points: { type: "integer" },
    action: { $ref: "#/$defs/AuditAction" },
    note: { type: "string" },
  },
  required: ["id", "status", "points", "action"],
};
const contract: ContractDocument = {
  operations: { "tasks.create": create, "tasks.list": list },
  models: { Task: task, AuditAction: { type: "string", enum: ["task.created"] } },
  reasons: { "project.not_found": { code: "NOT_FOUND", httpStatus: 404 } },
};

/** Changes one operation of the example. */
function operation(fields: Partial<OperationDocument>, name = "tasks.create"): ContractDocument {
  const before = contract.operations[name] ?? create;
  return { ...contract, operations: { ...contract.operations, [name]: { ...before, ...fields } } };
}

/** Changes one field of the input of the example. */
function input(
  field: string,
  schema: object | undefined,
  required: readonly string[] = ["title"],
): ContractDocument {
  const { [field]: _, ...others } = create.input["properties"] as Record<string, object>;
  const properties = schema === undefined ? others : { ...others, [field]: schema };
  return operation({ input: { ...create.input, properties, required } });
}

/** Changes one field of the model that the outputs of the example have. */
function output(
  field: string,
  schema: object | undefined,
  required: readonly string[] = task.required,
): ContractDocument {
  const { [field]: _, ...others } = task.properties as Record<string, object>;
  const properties = schema === undefined ? others : { ...others, [field]: schema };
  return { ...contract, models: { ...contract.models, Task: { ...task, properties, required } } };
}

const { "tasks.list": _, ...withoutList } = contract.operations;

const breaking: readonly [Rule, string, string, ContractDocument][] = [
  ["operation removed", "tasks.list", "", { ...contract, operations: withoutList }],
  ["kind changed", "tasks.create", "", operation({ kind: "query" })],
  ["access tightened", "tasks.create", "", operation({ access: "project:write" })],
  ["role excluded", "tasks.create", "", operation({ roles: ["admin"] })],
  ["batch refused", "tasks.create", "", operation({ batch: false })],
  [
    "list changed",
    "tasks.list",
    "",
    operation(
      {
        output: {
          ...list.output,
          properties: { ...(list.output["properties"] as object), total: { type: "integer" } },
        },
      },
      "tasks.list",
    ),
  ],
  ["reason of operation removed", "tasks.create", "", operation({ errors: [] })],
  ["reason removed", "project.not_found", "", { ...contract, reasons: {} }],
  [
    "reason changed",
    "project.not_found",
    "",
    { ...contract, reasons: { "project.not_found": { code: "NOT_FOUND", httpStatus: 410 } } },
  ],
  ["input required", "tasks.create", "input.color", input("color", { type: "string" }, ["title", "color"])],
  ["input removed", "tasks.create", "input.points", input("points", undefined)],
  ["input type", "tasks.create", "input.dueAt", input("dueAt", { type: "string", format: "date-time" })],
  ["input type", "tasks.create", "input.title", input("title", { type: "integer" })],
  [
    "input value",
    "tasks.create",
    "input.status",
    input("status", { type: "string", enum: ["todo"], default: "todo" }),
  ],
  [
    "input limit",
    "tasks.create",
    "input.title",
    input("title", { type: "string", minLength: 1, maxLength: 100 }),
  ],
  [
    "input limit",
    "tasks.create",
    "input.points",
    input("points", { type: "integer", minimum: 1, maximum: 10 }),
  ],
  [
    "input limit",
    "tasks.create",
    "input.labels[]",
    input("labels", { type: "array", maxItems: 5, items: { type: "string", maxLength: 20, pattern: "^a" } }),
  ],
  [
    "input format",
    "tasks.create",
    "input.dueAt",
    input("dueAt", { anyOf: [{ type: "string", format: "date" }, { type: "null" }] }),
  ],
  [
    "input default",
    "tasks.create",
    "input.status",
    input("status", { type: "string", enum: ["todo", "done"] }),
  ],
  [
    "input default",
    "tasks.create",
    "input.points",
    input("points", { type: "integer", minimum: 0, maximum: 10, default: 1 }),
  ],
  ["output removed", "tasks.create", "output.note", output("note", undefined)],
  [
    "output optional",
    "tasks.list",
    "output.items[].points",
    output("points", task.properties.points, ["id", "status", "action"]),
  ],
  ["output null", "tasks.create", "output.points", output("points", { type: ["integer", "null"] })],
  ["output type", "tasks.list", "output.items[].points", output("points", { type: "number" })],
  [
    "output type",
    "tasks.create",
    "output.note",
    output("note", { anyOf: [{ type: "string" }, { type: "boolean" }] }),
  ],
  [
    "output value",
    "tasks.create",
    "output.status",
    output("status", { type: "string", enum: ["todo", "done", "late"] }),
  ],
  ["output format", "tasks.create", "output.id", output("id", { type: "string" })],
];

const additive: readonly [string, ContractDocument][] = [
  ["a new operation", { ...contract, operations: { ...contract.operations, "tasks.copy": create } }],
  ["a new optional field of an input", input("color", { type: "string" })],
  [
    "a field of an input that is no longer required",
    input("title", { type: "string", minLength: 1, maxLength: 200 }, []),
  ],
  [
    "the mark of a password in an input",
    input("title", { type: "string", minLength: 1, maxLength: 200, format: "password" }),
  ],
  ["a wider limit", input("title", { type: "string", maxLength: 500 })],
  [
    "a new value of an input",
    input("status", { type: "string", enum: ["todo", "done", "late"], default: "todo" }),
  ],
  [
    "null in an input",
    input("points", { anyOf: [{ type: "integer", minimum: 0, maximum: 10 }, { type: "null" }] }),
  ],
  ["fractions in an input", input("points", { type: "number", minimum: 0, maximum: 10 })],
  ["a new field of an output", output("color", { type: "string" }, [...task.required, "color"])],
  [
    "an optional field of an output that is always present",
    output("note", { type: "string" }, [...task.required, "note"]),
  ],
  ["a removed value of an output", output("status", { type: "string", enum: ["todo"] })],
  ["another length of an output", output("note", { type: "string", maxLength: 9_000 })],
  [
    "a new value of an open enumeration",
    {
      ...contract,
      models: { ...contract.models, AuditAction: { type: "string", enum: ["task.created", "task.read"] } },
    },
  ],
  ["another role", operation({ roles: ["viewer", "member", "admin"] })],
  ["no access control", operation({ access: "public", roles: [] })],
  ["a new reason", operation({ errors: ["project.not_found", "task.full"] })],
];

const namesOf = (found: readonly Breaking[]) =>
  found.map(({ rule, operation: name, field }) => `${rule}: ${name} ${field}`);

describe("compareContracts", () => {
  it("finds nothing in the same contract", () => {
    expect(compareContracts(contract, contract)).toEqual([]);
  });

  it.each(breaking)("finds a change that breaks the rule %s in %s %s", (rule, name, field, changed) => {
    expect(namesOf(compareContracts(contract, changed))).toContain(`${rule}: ${name} ${field}`);
  });

  it("the table has an example of each rule", () => {
    expect(new Set(breaking.map(([rule]) => rule))).toEqual(new Set(Object.keys(rules)));
  });

  it.each(additive)("accepts %s", (_title, changed) => {
    expect(compareContracts(contract, changed)).toEqual([]);
  });
});

describe("the present contract", () => {
  const present = contractDocument();
  const flat = inlined(present);
  const changes = changesOf(flat);
  const breakers = changes.filter(({ rule }) => rule !== undefined);
  const additions = changes.filter(({ rule }) => rule === undefined);
  const alone = (name: string): ContractDocument => ({
    ...flat,
    operations: Object.fromEntries(Object.entries(flat.operations).filter(([other]) => other === name)),
  });
  const found = (change: Change) => {
    const before = alone(change.operation);
    return namesOf(compareContracts(before, change.apply(before)));
  };

  it("equals itself with its models in place", () => {
    expect(compareContracts(present, flat)).toEqual([]);
    expect(compareContracts(flat, present)).toEqual([]);
  });

  it("breaks with each breaking change of each operation and field, which the comparison names", () => {
    const missed = breakers.filter(
      (change) => !found(change).includes(`${change.rule}: ${change.operation} ${change.field}`),
    );
    expect(missed.map(({ name, operation: of, field }) => `${name}: ${of} ${field}`)).toEqual([]);
    // Of each operation, and of each rule except those about reasons and pages, which have tests above.
    expect(new Set(breakers.map((change) => change.operation))).toEqual(
      new Set(Object.keys(flat.operations)),
    );
    expect(breakers.length).toBeGreaterThan(1_000);
  });

  it("accepts each additive change of each operation and field", () => {
    const refused = additions.flatMap((change) =>
      found(change).map((line) => `${change.name}: ${change.operation} ${change.field}: ${line}`),
    );
    expect(refused).toEqual([]);
    expect(additions.length).toBeGreaterThan(500);
  });

  it("accepts any sequence of additive changes, and names a breaking change after them", () => {
    const index = fc.nat();
    fc.assert(
      fc.property(fc.array(index, { maxLength: 12 }), index, (picked, last) => {
        // Each change replaces a place of the original, so that two changes of one operation could undo each other.
        const byOperation = new Map(
          picked.map((one) => at(additions, one)).map((change) => [change.operation, change]),
        );
        const breaker = at(breakers, last);
        byOperation.delete(breaker.operation);
        let grown = flat;
        for (const change of byOperation.values()) grown = change.apply(grown);
        expect(compareContracts(flat, grown)).toEqual([]);
        const line = `${breaker.rule}: ${breaker.operation} ${breaker.field}`;
        expect(namesOf(compareContracts(flat, breaker.apply(grown)))).toContain(line);
      }),
      { numRuns: 50 },
    );
  });

  it("names each operation that has a changed model", () => {
    const { Task: model, ...models } = present.models;
    const { title: _title, ...properties } = (model?.["properties"] ?? {}) as Record<string, object>;
    const changed = { ...present, models: { ...models, Task: { ...model, properties } } };
    const names = compareContracts(present, changed).map(({ operation: name }) => name);
    expect(names).toEqual(expect.arrayContaining(["tasks.create", "tasks.get", "tasks.update"]));
  });
});

describe("docs/compatibility.md", () => {
  it("lists each rule and each open enumeration", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/compatibility.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([^`]+)` +\| (.*?) +\|$/gm)].map(([, rule, text]) => [rule, text]);
    expect(Object.fromEntries(rows)).toEqual(rules);
    for (const name of openEnumerations) expect(page).toContain(`\`${name}\``);
  });
});

function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error("The list is empty.");
  return item;
}
