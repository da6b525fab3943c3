import type { Api } from "./generated/api.ts";
import { operations } from "./generated/operations.ts";

/** The name of an operation: `tasks.create`. */
export type OperationName = keyof typeof operations;

/** The method of `Api` that an operation is. */
export type Method<Name extends OperationName> = Name extends `${infer Noun}.${infer Verb}`
  ? Noun extends keyof Api
    ? Verb extends keyof Api[Noun]
      ? Extract<Api[Noun][Verb], (...args: never) => unknown>
      : never
    : never
  : never;

export const operationNames: readonly OperationName[] = Object.keys(operations).filter(isOperationName);

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}
