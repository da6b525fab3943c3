import type { Api } from "./generated/api.ts";
import { operations } from "./generated/operations.ts";

/** The name of an operation, such as `tasks.create`. */
export type OperationName = keyof typeof operations;

/** The type of the method of `Api` for an operation. */
export type Method<Name extends OperationName> = Name extends `${infer Resource}.${infer Verb}`
  ? Resource extends keyof Api
    ? Verb extends keyof Api[Resource]
      ? Extract<Api[Resource][Verb], (...args: never) => unknown>
      : never
    : never
  : never;

export const operationNames: readonly OperationName[] = Object.keys(operations).filter(isOperationName);

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}
