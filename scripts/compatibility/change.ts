// One change of a contract, and the contract after it.
import { isSchema, type ContractDocument, type OperationDocument } from "./contract-document.ts";
import type { Rule } from "./rules.ts";

export interface Change {
  readonly operation: string;
  readonly field: string;
  /** The rule that the change breaks. Undefined for an additive change. */
  readonly rule: Rule | undefined;
  readonly name: string;
  /** Returns the changed contract. */
  apply(contract: ContractDocument): ContractDocument;
}

export type Schema = Record<string, unknown>;

/** @throws Error when the contract has no such operation */
export function operationOf(contract: ContractDocument, name: string): OperationDocument {
  const operation = contract.operations[name];
  if (operation === undefined) throw new Error(`The contract has no operation ${name}.`);
  return operation;
}

/** Replaces an operation, or removes it. */
export function withOperation(
  contract: ContractDocument,
  name: string,
  operation: OperationDocument | undefined,
): ContractDocument {
  const { [name]: _, ...others } = contract.operations;
  return { ...contract, operations: operation === undefined ? others : { ...others, [name]: operation } };
}

export function schemaOf(value: unknown): Schema {
  if (!isSchema(value)) throw new Error(`Expected a schema, found ${JSON.stringify(value)}.`);
  return { ...value };
}
