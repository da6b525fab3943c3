import { operations } from "./generated/operations.js";
export const operationNames = Object.keys(operations).filter(isOperationName);
export function isOperationName(name) {
    return Object.hasOwn(operations, name);
}
/** Returns true for an operation that returns pages. The generator refuses a contract where another name has this form. */
export const isList = (name) => /\.list(?![a-z])/.test(name);
