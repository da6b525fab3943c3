// Compares the answer of the server with the answer of an example. The values of `sample` stand for ids, addresses and tokens,
// and a text that ends in "..." is shortened. All other texts, and all truth values, are compared as they are. Numbers count
// what the workspace contains, so only their kind is compared.
import { sample } from "@projostack/contract";

/** Real values by the sample that stands for them. */
export type Bindings = Map<string, unknown>;

const samples: ReadonlySet<string> = new Set(Object.values(sample).flat());

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Any id in an example stands for a real one. */
export const isId = (value: unknown): value is string => typeof value === "string" && UUID.test(value);
const isSample = (value: unknown): value is string =>
  typeof value === "string" && (samples.has(value) || UUID.test(value));

/** Adds the value of a valid input for each sample at the same place in the input of an example. */
export function bindInput(example: unknown, input: unknown, bindings: Bindings): void {
  if (isSample(example) && input !== undefined) bindings.set(example, input);
  if (!isObject(example) || !isObject(input)) return;
  for (const [key, value] of Object.entries(example)) bindInput(value, input[key], bindings);
}

/** Returns the input of an example with real values in place of the samples. */
export function fill(example: unknown, bindings: Bindings): unknown {
  if (isSample(example)) return bindings.get(example) ?? example;
  if (Array.isArray(example)) return example.map((item) => fill(item, bindings));
  if (!isObject(example)) return example;
  return Object.fromEntries(Object.entries(example).map(([key, value]) => [key, fill(value, bindings)]));
}

/** Returns the first difference between an example and an answer, or null. It binds samples that it sees first. */
export function differenceOf(
  example: unknown,
  answer: unknown,
  bindings: Bindings,
  path = "",
): string | null {
  const different = `${path}: the example has ${JSON.stringify(example)}, the answer ${JSON.stringify(answer)}`;
  if (typeof example === "string" && typeof answer === "string")
    return isLike(example, answer, bindings) ? null : different;
  if (typeof example === "number" && typeof answer === "number")
    return Number.isInteger(answer) === Number.isInteger(example) ? null : different;
  if (Array.isArray(example) && Array.isArray(answer)) return itemDifference(example, answer, bindings, path);
  if (!isObject(example) || !isObject(answer)) return Object.is(example, answer) ? null : different;
  if (Object.keys(example).join() !== Object.keys(answer).join())
    return `${path}: the example has the fields ${Object.keys(example).join()}, the answer ${Object.keys(answer).join()}`;
  return firstOf(
    Object.entries(example).map(
      ([key, value]) =>
        () =>
          differenceOf(value, answer[key], bindings, `${path}.${key}`),
    ),
  );
}

function isLike(example: string, answer: string, bindings: Bindings): boolean {
  if (TIME.test(example)) return TIME.test(answer);
  if (example.endsWith("..."))
    return answer.startsWith(example.slice(0, -3)) && answer.length > example.length;
  if (!isSample(example)) return answer === example;
  const bound = bindings.get(example);
  if (bound !== undefined) return bound === answer;
  bindings.set(example, answer);
  const isAddress = example.includes("@");
  return UUID.test(example) === UUID.test(answer) && isAddress === answer.includes("@");
}

/** A workspace can contain more than the example shows, so each item of the example must be like one of the answer's. */
function itemDifference(
  example: readonly unknown[],
  answer: readonly unknown[],
  bindings: Bindings,
  path: string,
): string | null {
  const left = [...answer];
  for (const [at, item] of example.entries()) {
    const found = left.findIndex((one) => differenceOf(item, one, new Map(bindings)) === null);
    if (found < 0)
      return (
        differenceOf(item, left[0], new Map(bindings), `${path}[${at}]`) ?? `${path}[${at}]: no such item`
      );
    differenceOf(item, left[found], bindings);
    left.splice(found, 1);
  }
  return example.length === 0 && answer.length > 0 ? `${path}: the example is empty` : null;
}

function firstOf(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const difference = check();
    if (difference !== null) return difference;
  }
  return null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
