// Changes of a contract for tests: for each place of the contract, the additive changes and the breaking ones, each with the
// rule and the field that the comparison must name.
import { operationOf, schemaOf, withOperation, type Change } from "./change.ts";
import { isSchema, type ContractDocument, type OperationDocument } from "./contract-document.ts";
import { openEnumerations, type Rule } from "./rules.ts";
import { placesOf, schemaChanges } from "./schema-changes.ts";

/** Replaces references by the models, so that a change of a model concerns one operation. Open enumerations keep theirs. */
export function inlined(contract: ContractDocument): ContractDocument {
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => resolve(item));
    if (!isSchema(value)) return value;
    const { $ref, ...rest } = value;
    const model = typeof $ref === "string" ? $ref.replace("#/$defs/", "") : undefined;
    if (model === undefined || openEnumerations.has(model)) {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)]));
    }
    return { ...schemaOf(resolve(contract.models[model])), ...rest };
  };
  const operations = Object.entries(contract.operations).map(([name, operation]) => {
    const input = schemaOf(resolve(operation.input));
    const output = schemaOf(resolve(operation.output));
    return [name, { ...operation, input, output }] as const;
  });
  return { ...contract, operations: Object.fromEntries(operations) };
}

/** Returns every change of a contract that has no references. */
export function changesOf(contract: ContractDocument): Change[] {
  return Object.entries(contract.operations).flatMap(([name, operation]) => [
    ...operationChanges(name, operation),
    ...placesOf(operation.input).flatMap((place) => schemaChanges(name, "input", place)),
    ...placesOf(operation.output).flatMap((place) => schemaChanges(name, "output", place)),
  ]);
}

function operationChanges(name: string, operation: OperationDocument): Change[] {
  const change = (title: string, rule: Rule | undefined, fields: Partial<OperationDocument>): Change => ({
    operation: name,
    field: "",
    rule,
    name: title,
    apply: (contract) => withOperation(contract, name, { ...operationOf(contract, name), ...fields }),
  });
  const { kind, access, roles, batch, errors } = operation;
  const isPermission = access !== "public" && access !== "session";
  return [
    {
      operation: name,
      field: "",
      rule: "operation removed",
      name: "remove the operation",
      apply: (contract) => withOperation(contract, name, undefined),
    },
    change("swap the kind", "kind changed", { kind: kind === "query" ? "mutation" : "query" }),
    change("require another permission", "access tightened", { access: "other:permission", roles: [] }),
    ...(access === "public"
      ? [change("require a session", "access tightened", { access: "session" })]
      : [change("allow anyone", undefined, { access: "public", roles: [] })]),
    ...(isPermission && roles.length > 0
      ? [change("exclude a role", "role excluded", { roles: roles.slice(1) })]
      : []),
    ...(isPermission ? [change("admit another role", undefined, { roles: [...roles, "guest"] })] : []),
    ...(batch
      ? [change("refuse batches", "batch refused", { batch: false })]
      : [change("allow batches", undefined, { batch: true })]),
    ...errors.map((reason) =>
      change(`no longer fail with ${reason}`, "reason of operation removed", {
        errors: errors.filter((one) => one !== reason),
      }),
    ),
    change("declare another reason", undefined, { errors: [...errors, "other.reason"] }),
    {
      operation: name,
      field: "",
      rule: undefined,
      name: "add an operation",
      apply: (contract) => withOperation(contract, `${name}Again`, operation),
    },
  ];
}
