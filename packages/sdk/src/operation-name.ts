import type { Methods } from "./generated/api.ts";
import { operations } from "./generated/operations.ts";

/** The name of an operation, such as `tasks.create`. */
export type OperationName = keyof typeof operations;

/**
 * The arguments of an operation's method. A conditional type, because the compiler would check a constraint such as
 * `Parameters<Methods[Name]>` with every operation.
 */
export type ArgumentsOf<Name extends OperationName> = Methods[Name] extends (...args: infer Args) => unknown
  ? Args
  : never;

/** The result of an operation's method. A conditional type for the same reason. */
export type ResultOf<Name extends OperationName> = Methods[Name] extends (...args: never) => infer Result
  ? Result
  : never;

export const operationNames: readonly OperationName[] = Object.keys(operations).filter(isOperationName);

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

/** Returns true for an operation that returns pages. The generator refuses a contract where another name has this form. */
export const isList = (name: string): boolean => /\.list(?![a-z])/.test(name);
